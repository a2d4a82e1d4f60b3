package dev.parasol.bench.kernel;

import dev.parasol.bench.kernel.GemmCases.Epilogue;
import dev.parasol.cuda.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every kernel that can be timed by name, with the shapes it has in paraformer-large's pass over {@value #FRAMES} packed frames. */
public final class Catalogue {
    /** Of the packed batch of five minutes and more that figures are given for. */
    public static final int FRAMES = 6000;
    private static final String LIBRARY = "library";
    private static final int SMALL = 96;

    /** A kernel's entry: how its shape reads, its usual shapes, small ones for the software device, and its versions. */
    private record Item(String form, List<Shape> usual, List<Shape> small, Versions versions) {}

    /** All versions of a kernel at a shape, the library's own first. */
    @FunctionalInterface
    private interface Versions {
        List<KernelCase> of(Shape shape);
    }

    private final Map<String, Item> items = new LinkedHashMap<>();

    /** The catalogue of this build. */
    public Catalogue() {
        Shape segments = Shape.of(FRAMES, 512, 250);
        Shape small = Shape.of(SMALL, 128, 40);
        add("gemm", "m,n,k", List.of(Shape.of(FRAMES, 1536, 512), Shape.of(FRAMES, 512, 512), Shape.of(FRAMES, 2048, 512), Shape.of(FRAMES, 512, 2048)),
                List.of(Shape.of(SMALL, 256, 128)), this::products);
        add("attention", "frames,segment,heads,head size", List.of(Shape.of(FRAMES, 83, 4, 128), Shape.of(FRAMES, 250, 4, 128), Shape.of(FRAMES, 1000, 4, 128)),
                List.of(Shape.of(SMALL, 40, 2, 64)), shape -> List.of(AttentionCase.of(shape, DataType.F16, LIBRARY)));
        add("gemm_argmax", "m,n,k", List.of(Shape.of(1800, 8404, 512)), List.of(Shape.of(40, 500, 128)), shape -> List.of(GemmCases.argmax(shape, LIBRARY)));
        add("layer_norm", "rows,columns", List.of(Shape.of(FRAMES, 512)), List.of(Shape.of(SMALL, 128)), shape -> List.of(RowCases.layerNorm(shape, LIBRARY)));
        add("fsmn", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(RowCases.fsmn(shape, LIBRARY)));
        add("fsmn_norm", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(RowCases.fsmnNorm(shape, LIBRARY)));
        add("gemm_s8", "m,n,k", List.of(Shape.of(FRAMES, 1536, 512), Shape.of(FRAMES, 512, 512), Shape.of(FRAMES, 2048, 512), Shape.of(FRAMES, 512, 2048)),
                List.of(Shape.of(SMALL, 256, 128)), Catalogue::int8Products);
        add("gemm_w8", "m,n,k", List.of(Shape.of(16, 1536, 512), Shape.of(167, 1536, 512), Shape.of(167, 512, 2048), Shape.of(FRAMES, 1536, 512)),
                List.of(Shape.of(40, 256, 128)), shape -> List.of(Int8Cases.weights(shape, false)));
        add("gemm_f32", "m,n,k", List.of(Shape.of(FRAMES, 512, 512)), List.of(Shape.of(SMALL, 128, 128)),
                shape -> List.of(GemmCases.gemm(shape, DataType.F32, Epilogue.BIAS, LIBRARY, GemmVersions.LIBRARY)));
        add("attention_f32", "frames,segment,heads,head size", List.of(Shape.of(FRAMES, 250, 4, 128)), List.of(Shape.of(SMALL, 40, 2, 64)),
                shape -> List.of(AttentionCase.of(shape, DataType.F32, LIBRARY)));
        add("lstm", "frames,segment,hidden", List.of(Shape.of(FRAMES, 250, 512), Shape.of(167, 167, 512)), List.of(Shape.of(20, 12, 128)),
                shape -> List.of(LstmCases.lstm(shape, LIBRARY)));
        // Of CAM++ over 24 clips of 15 s: the head's 3 x 3 convolutions of 32 channels, and the dense layers' own of half as many rows.
        add("conv", "rows,segment,frequencies,channels in,channels out,taps over time,taps over frequency",
                List.of(Shape.of(36_000, 1500, 40, 32, 32, 3, 3), Shape.of(36_000, 1500, 20, 32, 32, 3, 3), Shape.of(18_000, 750, 1, 128, 32, 3, 1)),
                List.of(Shape.of(SMALL, 40, 5, 32, 32, 3, 3)), shape -> List.of(ConvCases.conv(shape, LIBRARY)));
        add("log_softmax", "rows,columns", List.of(Shape.of(1800, 8404)), List.of(Shape.of(40, 500)), shape -> List.of(RowCases.logSoftmax(shape, LIBRARY)));
        add("position_encode", "rows,columns,segment", List.of(Shape.of(FRAMES, 560, 250)), List.of(small), shape -> List.of(RowCases.positionEncode(shape, LIBRARY)));
        add("unfold", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(RowCases.unfold(shape, LIBRARY)));
        add("convert", "rows,columns", List.of(Shape.of(FRAMES, 512)), List.of(Shape.of(SMALL, 128)), shape -> List.of(RowCases.convert(shape, LIBRARY)));
        add("fbank", "seconds,clips", List.of(Shape.of(15, 24)), List.of(Shape.of(1, 2)), shape -> List.of(FrontEndCases.fbank(shape, LIBRARY)));
        add("lfr_cmvn", "seconds,clips", List.of(Shape.of(15, 24)), List.of(Shape.of(1, 2)), shape -> List.of(FrontEndCases.lfrCmvn(shape, LIBRARY)));
        add("cif_alpha", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(CifCases.alpha(shape, LIBRARY)));
        add("cif_fire", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(CifCases.fire(shape, LIBRARY)));
        add("cif_embed", "rows,columns,segment", List.of(segments), List.of(small), shape -> List.of(CifCases.embed(shape, LIBRARY)));
    }

    private void add(String name, String form, List<Shape> usual, List<Shape> small, Versions versions) {
        items.put(name, new Item(form, usual, small, versions));
    }

    /** The library's choice with each epilogue; {@link GemmVersions} has the others. */
    private List<KernelCase> products(Shape shape) {
        List<KernelCase> cases = new ArrayList<>();
        cases.add(GemmCases.gemm(shape, DataType.F16, Epilogue.NONE, LIBRARY, GemmVersions.LIBRARY));
        for (Epilogue epilogue : List.of(Epilogue.BIAS, Epilogue.RELU, Epilogue.RESIDUAL)) {
            cases.add(GemmCases.gemm(shape, DataType.F16, epilogue, LIBRARY, GemmVersions.LIBRARY));
        }
        return cases;
    }

    /** The library's choice with each epilogue, and beside it the product by warps. */
    private static List<KernelCase> int8Products(Shape shape) {
        List<KernelCase> cases = new ArrayList<>();
        for (Int8Cases.Version version : Int8Cases.Version.values()) {
            cases.addAll(List.of(Int8Cases.rows(shape, DataType.F16, version), Int8Cases.requantized(shape, version), Int8Cases.byBlocks(shape, version)));
        }
        return cases;
    }

    /** The kernels' names, the weightiest first. */
    public List<String> names() {
        return List.copyOf(items.keySet());
    }

    /** What the numbers of a kernel's shape are. */
    public String form(String name) {
        return item(name).form();
    }

    /** A kernel's shapes: those of the large model, or small ones on the software device. */
    public List<Shape> shapes(String name, boolean gpu) {
        return gpu ? item(name).usual() : item(name).small();
    }

    /**
     * A kernel at a shape.
     *
     * @param all every version, or the library's own alone
     * @throws IllegalArgumentException for a name that is none, or a shape of another form
     */
    public List<KernelCase> cases(String name, Shape shape, boolean all) {
        Item item = item(name);
        int sizes = item.form().split(",").length;
        if (shape.sizes().size() != sizes) {
            throw new IllegalArgumentException(name + " takes a shape of " + sizes + " sizes (" + item.form() + "), not " + shape);
        }
        List<KernelCase> cases = item.versions().of(shape);
        return all ? cases : cases.stream().filter(c -> c.variant().startsWith(LIBRARY)).toList();
    }

    private Item item(String name) {
        Item item = items.get(name);
        if (item == null) {
            throw new IllegalArgumentException("there is no kernel '" + name + "' among " + String.join(", ", items.keySet()));
        }
        return item;
    }
}
