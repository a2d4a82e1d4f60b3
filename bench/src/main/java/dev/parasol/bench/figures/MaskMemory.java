package dev.parasol.bench.figures;

import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.Precision;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.TensorInfo;
import dev.parasol.weights.WeightSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/** Bytes that a load reads of its checkpoint and maps on the device, with all layers and with some. */
final class MaskMemory {
    private static final String MASK = "0-3,12-13,d0,d2";

    private final Setting setting;
    private final ModelFolder folder;

    MaskMemory(Setting setting) {
        this.setting = setting;
        this.folder = ModelFolder.open(setting.shared().resolve("models/digits-deep").toString());
    }

    private record Loaded(long read, long pruned, long mapped, long packed) {}

    void take(Report report) {
        report.section("Memory: a mask, digits-deep fp32 with layers " + MASK + " of 14 and 3");
        KeptLayers kept = folder.keptLayers(LayerMask.parse(MASK));
        Loaded whole = load(folder.keptLayers(LayerMask.ALL), kept);
        Loaded masked = load(kept, kept);
        tell(report, "all layers", whole);
        tell(report, "with the mask", masked);
        report.row("bytes read of layers that are not kept", masked.pruned() + " of " + whole.pruned(), "0", masked.pruned() == 0 && whole.pruned() > 0);
        report.row("bytes read less than all", Long.toString(whole.read() - masked.read()), Long.toString(whole.pruned()),
                whole.read() - masked.read() == whole.pruned());
        report.row("bytes mapped less than all", Long.toString(whole.mapped() - masked.mapped()), "more than 0", masked.mapped() < whole.mapped());
    }

    private static void tell(Report report, String what, Loaded loaded) {
        report.figure(what, loaded.read() + " bytes read");
        report.figure("", loaded.packed() + " bytes packed, " + loaded.mapped() + " mapped");
    }

    private Loaded load(KeptLayers layers, KeptLayers kept) {
        List<WeightSpec> specs = ModelTensors.required(folder.config(), layers, folder.vocabulary().size(), Precision.FP32.matrixType());
        try (CudaContext context = CudaContext.open(setting.device());
                MemorySystem memory = new MemorySystem(context, Budget.ofBytes(Long.MAX_VALUE));
                KernelSet kernels = new KernelSet(context.kernels());
                Counting checkpoint = new Counting(folder.openCheckpoint(), kept);
                DeviceWeights weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, specs, List.of(),
                        layers::drops, Progress.NONE)) {
            return new Loaded(checkpoint.read, checkpoint.pruned, memory.report().held(), weights.bytes());
        }
    }

    /** Counts the bytes that are asked for. */
    private static final class Counting implements Checkpoint {
        private final Checkpoint checkpoint;
        private final KeptLayers kept;
        private long read;
        private long pruned;

        Counting(Checkpoint checkpoint, KeptLayers kept) {
            this.checkpoint = checkpoint;
            this.kept = kept;
        }

        @Override
        public Set<String> names() {
            return checkpoint.names();
        }

        @Override
        public TensorInfo info(String name) {
            return checkpoint.info(name);
        }

        @Override
        public void read(String name, long firstElement, ByteBuffer destination) {
            read += destination.remaining();
            pruned += kept.drops(name) ? destination.remaining() : 0;
            checkpoint.read(name, firstElement, destination);
        }

        @Override
        public String source() {
            return checkpoint.source();
        }

        @Override
        public void close() {
            checkpoint.close();
        }
    }
}
