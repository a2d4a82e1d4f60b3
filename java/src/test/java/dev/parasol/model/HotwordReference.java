package dev.parasol.model;

import dev.parasol.weights.Checkpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SeACo's part for hotwords in double precision, an utterance at a time, from FunASR's formulas. */
final class HotwordReference {
    private static final int CHOSEN = 50;

    private final Checkpoint checkpoint;
    private final int heads;
    private final Map<String, float[]> tensors = new HashMap<>();

    HotwordReference(Checkpoint checkpoint, int heads) {
        this.checkpoint = checkpoint;
        this.heads = heads;
    }

    private float[] tensor(String name) {
        return tensors.computeIfAbsent(name, key -> {
            int count = Math.toIntExact(checkpoint.info(key).count());
            ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
            checkpoint.read(key, 0, bytes);
            float[] values = new float[count];
            bytes.flip().asFloatBuffer().get(values);
            return values;
        });
    }

    static double[][] rows(StageTensor tensor) {
        int d = tensor.rows() == 0 ? 0 : tensor.floats().length / tensor.rows();
        double[][] rows = new double[tensor.rows()][d];
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < d; c++) {
                rows[r][c] = tensor.floats()[r * d + c];
            }
        }
        return rows;
    }

    private double[][] linear(String weight, String bias, double[][] x) {
        float[] w = tensor(weight);
        float[] b = bias == null ? null : tensor(bias);
        int in = x[0].length;
        int out = w.length / in;
        double[][] y = new double[x.length][out];
        for (int r = 0; r < x.length; r++) {
            for (int o = 0; o < out; o++) {
                double sum = b == null ? 0 : b[o];
                for (int i = 0; i < in; i++) {
                    sum += w[o * in + i] * x[r][i];
                }
                y[r][o] = sum;
            }
        }
        return y;
    }

    private double[][] linear(String name, double[][] x) {
        return linear(name + ".weight", name + ".bias", x);
    }

    double[][] norm(String name, double[][] x) {
        float[] gamma = tensor(name + ".weight");
        float[] beta = tensor(name + ".bias");
        double[][] y = new double[x.length][x[0].length];
        for (int r = 0; r < x.length; r++) {
            double mean = Arrays.stream(x[r]).average().orElseThrow();
            double variance = Arrays.stream(x[r]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            for (int c = 0; c < x[r].length; c++) {
                y[r][c] = (x[r][c] - mean) / Math.sqrt(variance + 1e-12) * gamma[c] + beta[c];
            }
        }
        return y;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The state of the upper LSTM layer behind a word's last token. */
    double[] word(int[] ids) {
        float[] embedding = tensor("decoder.embed.0.weight");
        int d = tensor("bias_encoder.bias_ih_l0").length / 4;
        double[][] x = new double[ids.length][d];
        for (int i = 0; i < ids.length; i++) {
            for (int c = 0; c < d; c++) {
                x[i][c] = embedding[ids[i] * d + c];
            }
        }
        for (int layer = 0; layer < 2; layer++) {
            double[][] in = linear("bias_encoder.weight_ih_l" + layer, "bias_encoder.bias_ih_l" + layer, x);
            double[] state = new double[d];
            double[] cell = new double[d];
            for (int i = 0; i < ids.length; i++) {
                double[] g = linear("bias_encoder.weight_hh_l" + layer, "bias_encoder.bias_hh_l" + layer, new double[][] {state})[0];
                state = new double[d];
                for (int u = 0; u < d; u++) {
                    cell[u] = sigmoid(in[i][d + u] + g[d + u]) * cell[u] + sigmoid(in[i][u] + g[u]) * Math.tanh(in[i][2 * d + u] + g[2 * d + u]);
                    state[u] = sigmoid(in[i][3 * d + u] + g[3 * d + u]) * Math.tanh(cell[u]);
                }
                x[i] = state;
            }
        }
        return x[ids.length - 1];
    }

    private double[][] feedForward(String name, double[][] x) {
        double[][] inner = linear(name + "feed_forward.w_1", norm(name + "norm1", x));
        for (double[] row : inner) {
            for (int i = 0; i < row.length; i++) {
                row[i] = Math.max(0, row[i]);
            }
        }
        return linear(name + "feed_forward.w_2.weight", null, norm(name + "feed_forward.norm", inner));
    }

    /** Feed-forward block and memory, added to what came in. */
    private double[][] remembered(String name, double[][] x) {
        double[][] t = norm(name + "norm2", feedForward(name, x));
        float[] taps = tensor(name + "self_attn.fsmn_block.weight");
        int d = x[0].length;
        int width = taps.length / d;
        double[][] y = new double[x.length][d];
        for (int r = 0; r < x.length; r++) {
            for (int c = 0; c < d; c++) {
                y[r][c] = x[r][c] + t[r][c];
                for (int j = 0; j < width; j++) {
                    int at = r + j - (width - 1) / 2;
                    y[r][c] += at < 0 || at >= x.length ? 0 : taps[c * width + j] * t[at][c];
                }
            }
        }
        return y;
    }

    /** Probabilities {@code [head][query][word]}. */
    private double[][][] attention(double[][] q, double[][] kv) {
        int size = q[0].length / heads;
        double[][][] p = new double[heads][q.length][kv.length];
        for (int h = 0; h < heads; h++) {
            for (int r = 0; r < q.length; r++) {
                double sum = 0;
                for (int k = 0; k < kv.length; k++) {
                    double logit = 0;
                    for (int c = h * size; c < (h + 1) * size; c++) {
                        logit += q[r][c] * kv[k][c];
                    }
                    p[h][r][k] = Math.exp(logit / Math.sqrt(size));
                    sum += p[h][r][k];
                }
                for (int k = 0; k < kv.length; k++) {
                    p[h][r][k] /= sum;
                }
            }
        }
        return p;
    }

    private double[][][] attention(String name, double[][] remembered, double[][] words) {
        return attention(linear(name + "src_attn.linear_q", norm(name + "norm3", remembered)), linear(name + "src_attn.linear_k_v", words));
    }

    private double[][] layer(String name, double[][] x, double[][] words) {
        double[][] y = remembered(name, x);
        double[][][] p = attention(name, y, words);
        double[][] kv = linear(name + "src_attn.linear_k_v", words);
        int d = x[0].length;
        double[][] attended = new double[x.length][d];
        for (int r = 0; r < x.length; r++) {
            for (int c = 0; c < d; c++) {
                for (int k = 0; k < words.length; k++) {
                    attended[r][c] += p[c / (d / heads)][r][k] * kv[k][d + c];
                }
            }
        }
        double[][] out = linear(name + "src_attn.linear_out", attended);
        for (int r = 0; r < x.length; r++) {
            for (int c = 0; c < d; c++) {
                y[r][c] += out[r][c];
            }
        }
        return y;
    }

    private double[][] decode(double[][] x, double[][] words) {
        for (int layer = 0; layer < 6; layer++) {
            x = layer("seaco_decoder.decoders." + layer + ".", x, words);
        }
        return norm("seaco_decoder.after_norm", feedForward("seaco_decoder.decoders3.0.", x));
    }

    /** The words that get most attention in the sixth layer, and the last one. */
    private double[][] chosen(double[][] hidden, double[][] words) {
        double[][] x = hidden;
        for (int layer = 0; layer < 5; layer++) {
            x = layer("seaco_decoder.decoders." + layer + ".", x, words);
        }
        double[][][] p = attention("seaco_decoder.decoders.5.", remembered("seaco_decoder.decoders.5.", x), words);
        double[] mass = new double[words.length];
        for (double[][] head : p) {
            for (double[] query : head) {
                for (int k = 0; k < mass.length; k++) {
                    mass[k] += query[k];
                }
            }
        }
        List<Integer> order = new ArrayList<>();
        for (int k = 0; k < mass.length; k++) {
            order.add(k);
        }
        order.sort(Comparator.comparingDouble(k -> -mass[k]));
        double[][] result = new double[CHOSEN + 1][];
        for (int i = 0; i < CHOSEN; i++) {
            result[i] = words[order.get(i)];
        }
        result[CHOSEN] = words[words.length - 1];
        return result;
    }

    /** What the hotwords' output layer reads. */
    double[][] merged(double[][] embeds, double[][] hidden, List<int[]> ids) {
        double[][] words = ids.stream().map(this::word).toArray(double[][]::new);
        double[][] memory = words.length > CHOSEN ? chosen(hidden, words) : words;
        double[][] acoustic = decode(embeds, memory);
        double[][] linguistic = decode(hidden, memory);
        for (int r = 0; r < acoustic.length; r++) {
            for (int c = 0; c < acoustic[r].length; c++) {
                acoustic[r][c] += linguistic[r][c];
            }
        }
        return acoustic;
    }

    /** The ids, given those without hotwords. */
    int[] ids(double[][] merged, int[] plain, int noBias) {
        double[][] logits = linear("hotword_output_layer", merged);
        int[] ids = plain.clone();
        for (int r = 0; r < ids.length; r++) {
            int best = 0;
            for (int v = 1; v < logits[r].length; v++) {
                best = logits[r][v] > logits[r][best] ? v : best;
            }
            ids[r] = best == noBias ? plain[r] : best;
        }
        return ids;
    }
}
