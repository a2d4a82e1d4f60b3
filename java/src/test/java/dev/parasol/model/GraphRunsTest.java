package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.Stream;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of a bucket that comes back run as a graph, with the bits of the direct launches, whatever happens to slab and driver. */
class GraphRunsTest {
    /** Recordings that there are. */
    private static final int[] NUMBERS = {0, 1, 2, 4, 7, 12, 15};

    /** What a pass leaves: ids, and the bits of each token's largest logit. */
    private record Outcome(List<List<Integer>> ids, List<Integer> logits) {}

    @BeforeEach
    void onTheSoftwareDevice() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "calls are counted by the software device only");
    }

    @AfterEach
    void clear() {
        if (DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT) {
            SoftDevice.clearFailures();
        }
    }

    private static Outcome run(TestDevice device, List<float[]> waveforms) {
        Paraformer model = device.model();
        List<int[]> ids = model.run(waveforms, null);
        ForwardPlan plan = model.plan(model.layout(waveforms).shape());
        PlannedBuffer values = plan.buffers().stream().filter(buffer -> buffer.name().equals("argmax.values")).findFirst().orElseThrow();
        int tokens = ids.stream().mapToInt(one -> one.length).sum();
        try (Stream stream = device.context().newStream(); HostBuffer host = device.context().allocateHost(4L * Math.max(1, tokens))) {
            stream.copyToHost(host, 0, device.memory().slab(0).address() + plan.offset(values), 4L * tokens);
            stream.synchronize();
            List<Integer> logits = IntStream.range(0, tokens).map(i -> host.bytes().getInt(4 * i)).boxed().toList();
            return new Outcome(ids.stream().map(one -> IntStream.of(one).boxed().toList()).toList(), logits);
        }
    }

    private static List<float[]> speech(int... numbers) {
        return IntStream.of(numbers).mapToObj(Samples::waveform).toList();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void graphsGiveTheBitsOfDirectLaunches(Precision precision) {
        Random random = new Random(3);
        List<List<float[]>> batches = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            batches.add(speech(random.ints(1 + random.nextInt(4), 0, NUMBERS.length).map(n -> NUMBERS[n]).toArray()));
        }
        try (TestDevice device = new TestDevice(Samples.model(), precision)) {
            GraphCache graphs = device.model().pass().graphs();
            device.model().useGraphs(false);
            List<Outcome> direct = batches.stream().map(batch -> run(device, batch)).toList();
            assertThat(graphs.launched()).isZero();
            device.model().useGraphs(true);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < batches.size(); i++) {
                    assertThat(run(device, batches.get(i))).as("batch %d in round %d", i, round).isEqualTo(direct.get(i));
                }
            }
            assertThat(graphs.launched()).isGreaterThanOrEqualTo(2L * batches.size());
            assertThat(graphs.made()).isEqualTo(graphs.size()).isLessThanOrEqualTo(batches.size());
            assertThat(graphs.set()).isZero();
        }
    }

    /** Other audio of other lengths in the same bucket: offsets and counts come from the device's memory. */
    @Test
    void oneGraphServesABucket() {
        float[] speech = Samples.waveform(4);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            GraphCache graphs = device.model().pass().graphs();
            int bucket = device.model().plan(device.model().layout(List.of(speech)).shape()).shape().frames();
            List<float[]> cuts = new ArrayList<>();
            for (int cut = 0; cut < 6; cut++) {
                float[] shorter = Arrays.copyOf(speech, speech.length - cut * 800);
                if (device.model().plan(device.model().layout(List.of(shorter)).shape()).shape().frames() == bucket) {
                    cuts.add(shorter);
                }
            }
            assertThat(cuts).hasSizeGreaterThan(2);
            device.model().useGraphs(false);
            List<Outcome> direct = cuts.stream().map(cut -> run(device, List.of(cut))).toList();
            device.model().useGraphs(true);
            run(device, List.of(speech));
            for (int i = 0; i < cuts.size(); i++) {
                assertThat(run(device, List.of(cuts.get(i)))).isEqualTo(direct.get(i));
            }
            assertThat(graphs.made()).isEqualTo(1);
            assertThat(graphs.launched()).isEqualTo(cuts.size());
        }
    }

    /** What is unmapped under a graph's addresses is never reached by it: its nodes are set again first. */
    @Test
    void afterATrimParametersAreSetAndNotCapturedAgain() {
        List<float[]> batch = speech(0, 2);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            GraphCache graphs = device.model().pass().graphs();
            Outcome expected = run(device, batch);
            assertThat(run(device, batch)).isEqualTo(expected);
            for (int i = 1; i <= 3; i++) {
                device.model().trim();
                assertThat(device.memory().slab(0).mapped()).isZero();
                assertThat(run(device, batch)).isEqualTo(expected);
                assertThat(run(device, batch)).isEqualTo(expected);
                assertThat(graphs.set()).isEqualTo(i);
            }
            assertThat(graphs.made()).isEqualTo(1);

            device.model().evict();
            assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).isZero();
            assertThat(run(device, batch)).isEqualTo(expected);
            assertThat(run(device, batch)).isEqualTo(expected);
            assertThat(graphs.made()).isEqualTo(2);
        }
    }

    @Test
    void graphsAreBounded(@TempDir Path folder) throws IOException {
        try (TestDevice device = new TestDevice(small(folder, 64), Precision.FP16)) {
            GraphCache graphs = device.model().pass().graphs();
            int buckets = GraphCache.GRAPHS_KEPT + 3;
            for (int frames = 8; frames <= 8 * buckets; frames += 8) {
                List<float[]> features = List.of(noise(frames));
                List<int[]> direct = device.model().runFeatures(features, null);
                assertThat(device.model().runFeatures(features, null)).usingRecursiveComparison().isEqualTo(direct);
            }
            assertThat(graphs.launched()).isEqualTo(graphs.made()).isEqualTo(buckets);
            assertThat(graphs.size()).isEqualTo(GraphCache.GRAPHS_KEPT);
            assertThat(SoftDevice.live("graph_execs")).isEqualTo(GraphCache.GRAPHS_KEPT);
        }
        assertThat(SoftDevice.live("graph_execs")).isZero();
    }

    /** Inner layers of 200 columns are padded to 256: graphs with fills. */
    @Test
    void paddingIsClearedInGraphsToo(@TempDir Path folder) throws IOException {
        try (TestDevice device = new TestDevice(small(folder, 200), Precision.FP16)) {
            List<float[]> features = List.of(noise(20));
            List<int[]> direct = device.model().runFeatures(features, null);
            for (int i = 0; i < 2; i++) {
                try (Stream stream = device.context().newStream()) {
                    stream.fill(device.memory().slab(0).address(), (byte) 0xff, device.memory().slab(0).used());
                    stream.synchronize();
                }
                assertThat(device.model().runFeatures(features, null)).usingRecursiveComparison().isEqualTo(direct);
            }
            assertThat(device.model().pass().graphs().launched()).isEqualTo(2);
        }
    }

    private static String small(Path folder, int units) throws IOException {
        Path sample = Path.of(Samples.model());
        String config = Files.readString(sample.resolve("config.yaml")).replace("linear_units: 512", "linear_units: " + units)
                .replace("num_blocks: 6", "num_blocks: 1").replace("num_blocks: 2", "num_blocks: 1").replace("att_layer_num: 2", "att_layer_num: 1");
        Files.writeString(folder.resolve("config.yaml"), config);
        Files.copy(sample.resolve("tokens.json"), folder.resolve("tokens.json"));
        return "synth:" + folder + ":1";
    }

    private static float[] noise(int frames) {
        Random random = new Random(frames);
        float[] values = new float[frames * 560];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The driver refuses: the batch is launched directly, nothing is left, and after three refusals nobody asks again. */
    @Test
    void aRefusedGraphIsNoFailure() {
        List<float[]> batch = speech(0);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            Outcome expected = run(device, batch);
            for (String entry : List.of("cuGraphInstantiateWithFlags", "cuGraphAddKernelNode_v2", "cuGraphCreate")) {
                SoftDevice.failCall(entry, 1, 2);
                assertThat(run(device, batch)).isEqualTo(expected);
                SoftDevice.clearFailures();
                assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).as(entry).isZero();
                assertThat(run(device, batch)).as("seen again").isEqualTo(expected);
            }
            assertThat(run(device, batch)).isEqualTo(expected);
            assertThat(device.model().pass().graphs().size()).isZero();
            device.model().useGraphs(true);
            run(device, batch);
            assertThat(run(device, batch)).isEqualTo(expected);
            assertThat(device.model().pass().graphs().size()).isEqualTo(1);

            device.model().trim();
            SoftDevice.failCall("cuGraphExecKernelNodeSetParams_v2", 5, 2);
            assertThat(run(device, batch)).isEqualTo(expected);
            SoftDevice.clearFailures();
            assertThat(SoftDevice.live("graph_execs")).isZero();
        }
    }

    /** One call after the other fails while a graph is made, launched, and set again after a trim. */
    @ParameterizedTest
    @CsvSource({"2, 7"})
    void everyFailingCallOfAGraphsLife(int code, int step) {
        List<float[]> batch = speech(0);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            List<int[]> expected = device.model().run(batch, null);
            long before = SoftDevice.calls(null);
            assertThat(life(device, batch)).allSatisfy(ids -> assertThat(ids).usingRecursiveComparison().isEqualTo(expected));
            long calls = SoftDevice.calls(null) - before;
            int refusals = 0;
            for (long nth = 1; nth <= calls; nth += step) {
                SoftDevice.failCall(null, nth, code);
                List<List<int[]>> outcomes = life(device, batch);
                SoftDevice.clearFailures();
                refusals += 4 - outcomes.size();
                assertThat(outcomes).allSatisfy(ids -> assertThat(ids).usingRecursiveComparison().isEqualTo(expected));
                assertThat(device.model().run(batch, null)).usingRecursiveComparison().isEqualTo(expected);
                device.model().evict();
                assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).isZero();
            }
            System.out.println("one of " + calls + " driver calls in a graph's life failing, every " + step + "th: " + refusals + " batches refused clearly");
        }
        assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs") + SoftDevice.live("bytes")).isZero();
    }

    @Tag("soak")
    @Test
    void everySingleFailingCallOfAGraphsLife() {
        everyFailingCallOfAGraphsLife(2, 1);
    }

    /** Four batches: direct, as a new graph, as one that is set, and as it is; those that ran out of memory left out. */
    private static List<List<int[]>> life(TestDevice device, List<float[]> batch) {
        List<List<int[]>> outcomes = new ArrayList<>();
        unlessOutOfMemory(device.model()::evict);
        for (int i = 0; i < 4; i++) {
            if (i == 2) {
                unlessOutOfMemory(device.model()::trim);
            }
            unlessOutOfMemory(() -> outcomes.add(device.model().run(batch, null)));
        }
        return outcomes;
    }

    private static void unlessOutOfMemory(Runnable work) {
        try {
            work.run();
        } catch (CudaException | DeviceMemoryExhausted e) {
            assertThat(e).satisfiesAnyOf(x -> assertThat(x).isInstanceOf(DeviceMemoryExhausted.class),
                    x -> assertThat(((CudaException) x).outOfMemory()).isTrue());
        }
    }

    /** In the steady state a batch costs the host a handful of calls, and one launch. */
    @Test
    void oneUtteranceTakesAHandfulOfDriverCalls() {
        List<float[]> batch = speech(0);
        try (TestDevice device = new TestDevice(Samples.model(), Precision.FP16)) {
            device.model().useGraphs(false);
            device.model().run(batch, null);
            long before = SoftDevice.calls(null);
            device.model().run(batch, null);
            long direct = SoftDevice.calls(null) - before;
            device.model().useGraphs(true);
            device.model().run(batch, null);
            device.model().run(batch, null);
            before = SoftDevice.calls(null);
            long allocations = SoftDevice.calls("cuMemHostAlloc") + SoftDevice.calls("cuMemAllocHost_v2");
            device.model().run(batch, null);
            long graph = SoftDevice.calls(null) - before;
            System.out.println("driver calls for one utterance of the sample model: " + direct + " launch by launch, " + graph + " as a graph");
            assertThat(graph).isLessThanOrEqualTo(8);
            assertThat(SoftDevice.calls("cuMemHostAlloc") + SoftDevice.calls("cuMemAllocHost_v2")).isEqualTo(allocations);
        }
    }
}
