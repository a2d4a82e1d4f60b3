package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.kernels.Fbank;
import dev.parasol.kernels.FbankTables;
import dev.parasol.kernels.LfrCmvn;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;

/** The front end: {@code seconds,clips}, clips of equal length. */
final class FrontEndCases {
    private static final int RATE = 16_000;
    private static final int BINS = 80;
    private static final int FFT = 512;
    private static final double PCM = 32768;
    private static final double FLOOR = 1.1920929e-7;
    /** Logarithms of small energies magnify what fp32 rounds in the transform. */
    private static final double FBANK_LIMIT = 1e-4;

    private FrontEndCases() {}

    static KernelCase fbank(Shape shape, String variant) {
        int samples = shape.get(0) * RATE;
        int clips = shape.get(1);
        int rows = Fbank.rows(samples);
        return new KernelCase("fbank", variant, shape.toString(), 30_000.0 * rows * clips, 4.0 * clips * ((double) samples + rows * BINS), FBANK_LIMIT, scratch -> {
            long wave = scratch.normal((long) samples * clips, 0.1f);
            long sampleOffsets = sampleOffsets(scratch, samples, clips);
            Ragged ragged = scratch.ragged(repeated(rows, clips));
            FbankTables.OnDevice tables = tables(scratch);
            Matrix output = scratch.matrix(DataType.F32, rows * clips, BINS);
            return Rows.of(scratch, () -> scratch.kernels().fbank().launch(scratch.stream(), wave, sampleOffsets, ragged, tables, output), output, row -> {
                long first = (long) (row / rows) * samples + (long) (row % rows) * Fbank.FRAME_SHIFT;
                return filterBank(new HostView(scratch).floats(wave + 4 * first, Fbank.FRAME_LENGTH));
            });
        });
    }

    static KernelCase lfrCmvn(Shape shape, String variant) {
        int clips = shape.get(1);
        int rows = Fbank.rows((long) shape.get(0) * RATE);
        int m = 7;
        int n = 6;
        int frames = LfrCmvn.frames(rows, n);
        return new KernelCase("lfr_cmvn", variant, shape.toString(), 2.0 * frames * clips * BINS * m, 4.0 * clips * BINS * ((double) rows + frames * m), KernelCase.FLOAT_LIMIT, scratch -> {
            Matrix input = scratch.normal(DataType.F32, rows * clips, BINS, 1);
            long offsets = scratch.ragged(repeated(rows, clips)).offsets();
            Ragged ragged = scratch.ragged(repeated(frames, clips));
            long shift = scratch.normal(BINS * m, 1);
            long scale = scratch.normal(BINS * m, 1);
            Matrix output = scratch.matrix(DataType.F32, frames * clips, BINS * m);
            return Rows.of(scratch, () -> scratch.kernels().lfrCmvn().launch(scratch.stream(), input, offsets, ragged, shift, scale, m, n, output), output, row -> {
                HostView host = new HostView(scratch);
                double[] shifts = host.floats(shift, BINS * m);
                double[] scales = host.floats(scale, BINS * m);
                double[] y = new double[BINS * m];
                for (int j = 0; j < m; j++) {
                    int source = Math.min(Math.max(row % frames * n - (m - 1) / 2 + j, 0), rows - 1);
                    double[] x = host.row(input, row / frames * rows + source);
                    for (int c = 0; c < BINS; c++) {
                        y[j * BINS + c] = (x[c] + shifts[j * BINS + c]) * scales[j * BINS + c];
                    }
                }
                return y;
            });
        });
    }

    /** Kaldi's log-mel filter bank of a frame, by the definition of the transform. */
    private static double[] filterBank(double[] wave) {
        double[] y = new double[wave.length];
        double mean = 0;
        for (double sample : wave) {
            mean += sample * PCM / wave.length;
        }
        for (int i = 0; i < y.length; i++) {
            double window = 0.54 - 0.46 * Math.cos(2 * Math.PI * i / (y.length - 1));
            y[i] = (wave[i] * PCM - mean - 0.97 * (wave[Math.max(i - 1, 0)] * PCM - mean)) * window;
        }
        double[] power = new double[FFT / 2];
        for (int k = 0; k < power.length; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < y.length; i++) {
                double angle = 2 * Math.PI * (k * i % FFT) / FFT;
                re += y[i] * Math.cos(angle);
                im -= y[i] * Math.sin(angle);
            }
            power[k] = re * re + im * im;
        }
        double[] bank = new double[BINS];
        double lowest = mel(20);
        double step = (mel(RATE / 2.0) - lowest) / (BINS + 1);
        for (int bin = 0; bin < BINS; bin++) {
            double energy = 0;
            for (int k = 0; k < power.length; k++) {
                double up = (mel((double) RATE * k / FFT) - lowest - bin * step) / step;
                energy += Math.max(0, Math.min(up, 2 - up)) * power[k];
            }
            bank[bin] = Math.log(Math.max(energy, FLOOR));
        }
        return bank;
    }

    private static double mel(double frequency) {
        return 1127 * Math.log1p(frequency / 700);
    }

    private static FbankTables.OnDevice tables(Scratch scratch) {
        FbankTables tables = new FbankTables(BINS, RATE);
        long address = scratch.allocate(tables.bytes());
        try (HostBuffer host = scratch.context().allocateHost(tables.bytes())) {
            tables.write(host.bytes());
            scratch.stream().copyToDevice(address, host, 0, host.size());
            scratch.stream().synchronize();
        }
        return tables.at(address);
    }

    private static long sampleOffsets(Scratch scratch, int samples, int clips) {
        int[] words = new int[2 * (clips + 1)];
        for (int b = 0; b <= clips; b++) {
            words[2 * b] = (int) ((long) b * samples);
            words[2 * b + 1] = (int) ((long) b * samples >>> 32);
        }
        return scratch.upload(words);
    }

    private static int[] repeated(int value, int count) {
        int[] values = new int[count];
        java.util.Arrays.fill(values, value);
        return values;
    }
}
