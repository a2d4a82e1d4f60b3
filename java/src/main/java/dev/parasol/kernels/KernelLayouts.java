package dev.parasol.kernels;

import dev.parasol.cuda.StructLayout;
import java.util.List;

/** The launch ABI as Java sees it: one layout for each header in {@code cuda/params}. */
public final class KernelLayouts {
    private KernelLayouts() {
    }

    /** Every layout that a launcher writes. */
    public static List<StructLayout> all() {
        return List.of(Fbank.PARAMS, LfrCmvn.PARAMS, PositionEncode.PARAMS, LayerNorm.PARAMS, Gemm.PARAMS, Attention.PARAMS, Fsmn.PARAMS, FsmnNorm.PARAMS, Unfold.PARAMS,
                CifAlpha.PARAMS, CifFire.PARAMS, TokenOffsets.PARAMS, CifEmbed.PARAMS, GemmArgmax.PARAMS, GemmArgmax.REDUCE_PARAMS, LogSoftmax.PARAMS, SilencePosterior.PARAMS,
                PackWeight.PARAMS, TileWeight.PARAMS, RandomFill.PARAMS, Convert.PARAMS,
                Conv.PARAMS, ScaleRelu.PARAMS, SegmentSum.PARAMS, CamGate.PARAMS, Center.PARAMS, StatsPool.PARAMS,
                Lstm.PARAMS, UpsampledAlpha.PARAMS, AddRows.PARAMS, GatherRows.PARAMS, MergeIds.PARAMS, AttentionMass.PARAMS, TopKeys.PARAMS,
                LayerNormS8.PARAMS, Quantize.PARAMS, GemmS8.PARAMS, GemmW8.PARAMS, QuantizeWeight.PARAMS);
    }
}
