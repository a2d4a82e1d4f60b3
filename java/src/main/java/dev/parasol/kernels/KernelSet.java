package dev.parasol.kernels;

import dev.parasol.cuda.KernelLibrary;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All operations: each launcher is made when it is first asked for and lives until the set is closed. Launchers
 * write their arguments into memory of their own, so a set is not thread-safe; two threads need two sets.
 */
public final class KernelSet implements AutoCloseable {
    private final KernelLibrary library;
    private final Slot<Fbank> fbank = new Slot<>(Fbank::new, Fbank::close);
    private final Slot<LfrCmvn> lfrCmvn = new Slot<>(LfrCmvn::new, LfrCmvn::close);
    private final Slot<PositionEncode> positionEncode = new Slot<>(PositionEncode::new, PositionEncode::close);
    private final Slot<LayerNorm> layerNorm = new Slot<>(LayerNorm::new, LayerNorm::close);
    private final Slot<Gemm> gemm = new Slot<>(Gemm::new, Gemm::close);
    private final Slot<GemmSm90> gemmSm90 = new Slot<>(GemmSm90::new, GemmSm90::close);
    private final Slot<LayerNormS8> layerNormS8 = new Slot<>(LayerNormS8::new, LayerNormS8::close);
    private final Slot<Quantize> quantize = new Slot<>(Quantize::new, Quantize::close);
    private final Slot<GemmS8> gemmS8 = new Slot<>(GemmS8::new, GemmS8::close);
    private final Slot<GemmS8Sm90> gemmS8Sm90 = new Slot<>(GemmS8Sm90::new, GemmS8Sm90::close);
    private final Slot<GemmW8> gemmW8 = new Slot<>(GemmW8::new, GemmW8::close);
    private final Slot<QuantizeWeight> quantizeWeight = new Slot<>(QuantizeWeight::new, QuantizeWeight::close);
    private final Slot<Attention> attention = new Slot<>(Attention::new, Attention::close);
    private final Slot<Fsmn> fsmn = new Slot<>(Fsmn::new, Fsmn::close);
    private final Slot<FsmnNorm> fsmnNorm = new Slot<>(FsmnNorm::new, FsmnNorm::close);
    private final Slot<Unfold> unfold = new Slot<>(Unfold::new, Unfold::close);
    private final Slot<CifAlpha> cifAlpha = new Slot<>(CifAlpha::new, CifAlpha::close);
    private final Slot<CifFire> cifFire = new Slot<>(CifFire::new, CifFire::close);
    private final Slot<TokenOffsets> tokenOffsets = new Slot<>(TokenOffsets::new, TokenOffsets::close);
    private final Slot<CifEmbed> cifEmbed = new Slot<>(CifEmbed::new, CifEmbed::close);
    private final Slot<Lstm> lstm = new Slot<>(Lstm::new, Lstm::close);
    private final Slot<UpsampledAlpha> upsampledAlpha = new Slot<>(UpsampledAlpha::new, UpsampledAlpha::close);
    private final Slot<AddRows> addRows = new Slot<>(AddRows::new, AddRows::close);
    private final Slot<GatherRows> gatherRows = new Slot<>(GatherRows::new, GatherRows::close);
    private final Slot<MergeIds> mergeIds = new Slot<>(MergeIds::new, MergeIds::close);
    private final Slot<AttentionMass> attentionMass = new Slot<>(AttentionMass::new, AttentionMass::close);
    private final Slot<TopKeys> topKeys = new Slot<>(TopKeys::new, TopKeys::close);
    private final Slot<GemmArgmax> gemmArgmax = new Slot<>(GemmArgmax::new, GemmArgmax::close);
    private final Slot<LogSoftmax> logSoftmax = new Slot<>(LogSoftmax::new, LogSoftmax::close);
    private final Slot<SilencePosterior> silencePosterior = new Slot<>(SilencePosterior::new, SilencePosterior::close);
    private final Slot<Conv> conv = new Slot<>(Conv::new, Conv::close);
    private final Slot<ScaleRelu> scaleRelu = new Slot<>(ScaleRelu::new, ScaleRelu::close);
    private final Slot<SegmentSum> segmentSum = new Slot<>(SegmentSum::new, SegmentSum::close);
    private final Slot<CamGate> camGate = new Slot<>(CamGate::new, CamGate::close);
    private final Slot<Center> center = new Slot<>(Center::new, Center::close);
    private final Slot<StatsPool> statsPool = new Slot<>(StatsPool::new, StatsPool::close);
    private final Slot<PackWeight> packWeight = new Slot<>(PackWeight::new, PackWeight::close);
    private final Slot<TileWeight> tileWeight = new Slot<>(TileWeight::new, TileWeight::close);
    private final Slot<RandomFill> randomFill = new Slot<>(RandomFill::new, RandomFill::close);
    private final Slot<Convert> convert = new Slot<>(Convert::new, Convert::close);
    private boolean closed;

    /** The operations of {@code library}, none of which is loaded yet. */
    public KernelSet(KernelLibrary library) {
        this.library = library;
    }

    /** Waveforms to log mel features. */
    public Fbank fbank() {
        return fbank.get();
    }

    /** Frames stacked, thinned out and normalised. */
    public LfrCmvn lfrCmvn() {
        return lfrCmvn.get();
    }

    /** Scaling and position encoding. */
    public PositionEncode positionEncode() {
        return positionEncode.get();
    }

    /** Layer norm. */
    public LayerNorm layerNorm() {
        return layerNorm.get();
    }

    /** Matrix product with bias, ReLU and residual. */
    public Gemm gemm() {
        return gemm.get();
    }

    /** The same with tiled weights, on devices that have products of warpgroups. */
    public GemmSm90 gemmSm90() {
        return gemmSm90.get();
    }

    /** Layer norm to int8. */
    public LayerNormS8 layerNormS8() {
        return layerNormS8.get();
    }

    /** Activations to int8. */
    public Quantize quantize() {
        return quantize.get();
    }

    /** Matrix product of int8 factors. */
    public GemmS8 gemmS8() {
        return gemmS8.get();
    }

    /** The same with tiled weights, on devices that have products of warpgroups. */
    public GemmS8Sm90 gemmS8Sm90() {
        return gemmS8Sm90.get();
    }

    /** Matrix product of fp16 activations with int8 weights. */
    public GemmW8 gemmW8() {
        return gemmW8.get();
    }

    /** Weights to int8. */
    public QuantizeWeight quantizeWeight() {
        return quantizeWeight.get();
    }

    /** Multi-head attention within each utterance. */
    public Attention attention() {
        return attention.get();
    }

    /** FSMN memory. */
    public Fsmn fsmn() {
        return fsmn.get();
    }

    /** FSMN memory with the layer norm behind it. */
    public FsmnNorm fsmnNorm() {
        return fsmnNorm.get();
    }

    /** Neighbouring rows side by side. */
    public Unfold unfold() {
        return unfold.get();
    }

    /** CIF weights of the frames. */
    public CifAlpha cifAlpha() {
        return cifAlpha.get();
    }

    /** Where tokens fire. */
    public CifFire cifFire() {
        return cifFire.get();
    }

    /** Where each utterance's tokens begin. */
    public TokenOffsets tokenOffsets() {
        return tokenOffsets.get();
    }

    /** Acoustic embeddings of the tokens. */
    public CifEmbed cifEmbed() {
        return cifEmbed.get();
    }

    /** Recurrent part of an LSTM layer. */
    public Lstm lstm() {
        return lstm.get();
    }

    /** Weights of the timestamp head. */
    public UpsampledAlpha upsampledAlpha() {
        return upsampledAlpha.get();
    }

    /** The sum of two matrices. */
    public AddRows addRows() {
        return addRows.get();
    }

    /** Rows in another order. */
    public GatherRows gatherRows() {
        return gatherRows.get();
    }

    /** A second opinion on ids. */
    public MergeIds mergeIds() {
        return mergeIds.get();
    }

    /** How much attention keys get. */
    public AttentionMass attentionMass() {
        return attentionMass.get();
    }

    /** The keys that get most attention. */
    public TopKeys topKeys() {
        return topKeys.get();
    }

    /** Matrix product of which only each row's largest element is kept. */
    public GemmArgmax gemmArgmax() {
        return gemmArgmax.get();
    }

    /** Log-softmax by rows. */
    public LogSoftmax logSoftmax() {
        return logSoftmax.get();
    }

    /** Softmax by rows, and the silence column of it. */
    public SilencePosterior silencePosterior() {
        return silencePosterior.get();
    }

    /** Convolution over time and frequency. */
    public Conv conv() {
        return conv.get();
    }

    /** Batch norm with ReLU. */
    public ScaleRelu scaleRelu() {
        return scaleRelu.get();
    }

    /** Sums over segments of rows. */
    public SegmentSum segmentSum() {
        return segmentSum.get();
    }

    /** CAM++'s context-aware mask. */
    public CamGate camGate() {
        return camGate.get();
    }

    /** Means over utterances taken off. */
    public Center center() {
        return center.get();
    }

    /** Means and deviations over utterances. */
    public StatsPool statsPool() {
        return statsPool.get();
    }

    /** Weights into the layout of the products. */
    public PackWeight packWeight() {
        return packWeight.get();
    }

    /** Weights into the layout of the products of warpgroups. */
    public TileWeight tileWeight() {
        return tileWeight.get();
    }

    /** Reproducible random numbers. */
    public RandomFill randomFill() {
        return randomFill.get();
    }

    /** Between fp32 and fp16. */
    public Convert convert() {
        return convert.get();
    }

    /** Closes the launchers that were made, whatever fails on the way; the first failure is thrown in the end. Idempotent. */
    @Override
    public void close() {
        closed = true;
        List<Slot<?>> slots = List.of(fbank, lfrCmvn, positionEncode, layerNorm, gemm, gemmSm90, attention, fsmn, fsmnNorm, unfold, cifAlpha, cifFire,
                tokenOffsets, cifEmbed, gemmArgmax, logSoftmax, silencePosterior,
                lstm, upsampledAlpha, addRows, gatherRows, mergeIds, attentionMass, topKeys,
                conv, scaleRelu, segmentSum, camGate, center, statsPool, packWeight, tileWeight, randomFill, convert, layerNormS8, quantize, gemmS8,
                gemmS8Sm90, gemmW8, quantizeWeight);
        RuntimeException failure = null;
        for (Slot<?> slot : slots) {
            try {
                slot.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** A launcher that is made at its first use. */
    private final class Slot<T> {
        private final Function<KernelLibrary, T> factory;
        private final Consumer<T> closing;
        private T launcher;

        Slot(Function<KernelLibrary, T> factory, Consumer<T> closing) {
            this.factory = factory;
            this.closing = closing;
        }

        T get() {
            if (closed) {
                throw new IllegalStateException("the kernel set is closed");
            }
            if (launcher == null) {
                launcher = factory.apply(library);
            }
            return launcher;
        }

        void close() {
            if (launcher != null) {
                T made = launcher;
                launcher = null;
                closing.accept(made);
            }
        }
    }
}
