package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.GemmLadder;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.TileChoice;
import dev.parasol.kernels.TiledMatrix;
import dev.parasol.weights.WeightSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every version of the fp16 product that can be launched on a device beside the library's own choice. A new one is a line here. */
final class GemmVersions {
    private GemmVersions() {}

    /** A version by its name in results. */
    record Named(String name, GemmCases.Version version) {}

    /** What the library would launch for a model's weights. */
    static final GemmCases.Version LIBRARY = (scratch, w) ->
            w.type() == DataType.F16 && scratch.context().properties().warpgroupProducts() ? warpgroups(scratch, w) : GemmCases.PLAIN;

    static List<Named> of(Scratch scratch) {
        List<Named> versions = new ArrayList<>();
        for (GemmLadder.Step step : GemmLadder.STEPS) {
            versions.add(new Named("ladder " + step.name().replace("gemm_ladder_", "") + ": " + step.idea(), (s, w) -> ladder(s, step)));
        }
        for (TileChoice choice : deepest(scratch)) {
            versions.add(new Named("tile " + choice.tile() + " x " + choice.stages(), (s, w) -> forced(choice)));
        }
        if (scratch.context().properties().warpgroupProducts()) {
            for (TileChoice choice : scratch.kernels().gemmSm90().choices(DataType.F16)) {
                versions.add(new Named("warpgroups " + choice.tile(), (s, w) -> forced(choice, warpgroups(s, w))));
            }
        }
        return versions;
    }

    /** The product of warpgroups, its weights tiled beforehand as a model's are. */
    private static GemmCases.Launch warpgroups(Scratch scratch, Matrix w) {
        int depth = (w.cols() + WeightSpec.PAD - 1) / WeightSpec.PAD * WeightSpec.PAD;
        TiledMatrix tiled = new TiledMatrix(scratch.allocate(2L * w.rows() * depth), DataType.F16, w.rows(), w.cols());
        scratch.kernels().tileWeight().launch(scratch.stream(), w.address(), DataType.F16, w.stride(), w.cols(), 1, 0, tiled, 0, w.rows());
        return (on, a, rows, bias, residual, relu, c) -> on.kernels().gemmSm90().launch(on.stream(), a, tiled, bias, residual, relu, c, 0);
    }

    /** A step of the ladder; its launcher lives until the scratch frees what it holds. */
    private static GemmCases.Launch ladder(Scratch scratch, GemmLadder.Step step) {
        GemmLadder ladder = scratch.owned(new GemmLadder(scratch.context().kernels()));
        return (on, a, w, bias, residual, relu, c) -> ladder.launch(on.stream(), step, a, w, bias, c);
    }

    /** The tiles, each with its deepest ring; {@link TuneCommand} measures the others. */
    private static List<TileChoice> deepest(Scratch scratch) {
        Map<String, TileChoice> deepest = new LinkedHashMap<>();
        scratch.kernels().gemm().choices(DataType.F16, DataType.F16).forEach(choice -> deepest.merge(choice.tile(), choice, (a, b) -> a.stages() >= b.stages() ? a : b));
        return List.copyOf(deepest.values());
    }

    /** A launch by warpgroups with one choice of tile. */
    private static GemmCases.Launch forced(TileChoice choice, GemmCases.Launch launch) {
        return (scratch, a, w, bias, residual, relu, c) -> {
            scratch.kernels().gemmSm90().force(c.type(), choice);
            try {
                launch.on(scratch, a, w, bias, residual, relu, c);
            } finally {
                scratch.kernels().gemmSm90().force(c.type(), null);
            }
        };
    }

    /** A launch with one choice of tile. */
    private static GemmCases.Launch forced(TileChoice choice) {
        return (scratch, a, w, bias, residual, relu, c) -> {
            scratch.kernels().gemm().force(a.type(), c.type(), choice);
            try {
                GemmCases.PLAIN.on(scratch, a, w, bias, residual, relu, c);
            } finally {
                scratch.kernels().gemm().force(a.type(), c.type(), null);
            }
        };
    }
}
