package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.cuda.DataType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerMaskTest {
    private static final ModelConfig LARGE = ModelFolder.open("synth:paraformer-large").config();

    private static KeptLayers kept(String layers) {
        return KeptLayers.of(LARGE, LayerMask.parse(layers));
    }

    @Test
    void rangesAndSinglesOfBothSidesMix() {
        KeptLayers kept = kept("0-2, d3,8 ,d0-1,49");
        assertThat(kept.encoder()).containsExactly(0, 1, 2, 8, 49);
        assertThat(kept.decoder()).containsExactly(0, 1, 3);
        assertThat(kept.notice()).hasValue("kept 5 of 50 encoder layers and 3 of 16 decoder layers");
    }

    @Test
    void aSideThatIsNotNamedIsWhole() {
        assertThat(kept("0-5").decoder()).hasSize(16);
        assertThat(kept("0-5").notice()).hasValue("kept 6 of 50 encoder layers");
        assertThat(kept("d15").encoder()).hasSize(50);
        assertThat(kept("d15").notice()).hasValue("kept 1 of 16 decoder layers");
        assertThat(kept("d0-15,0-49").notice()).isEmpty();
        assertThat(KeptLayers.all(LARGE).notice()).isEmpty();
    }

    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll @Size(max = 30) List<@IntRange(max = 49) Integer> some) {
        BitSet layers = new BitSet();
        layers.set(0);
        some.forEach(layers::set);
        String text = layers.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThat(kept(text).encoder()).containsExactly(layers.stream().toArray());
    }

    @Property(tries = 200)
    void layersAsTextAreTheSameLayers(@ForAll @Size(max = 30) List<@IntRange(max = 49) Integer> encoder,
            @ForAll @Size(min = 1, max = 10) List<@IntRange(max = 15) Integer> decoder) {
        String layers = "0" + encoder.stream().distinct().filter(i -> i > 0).map(i -> "," + i).collect(Collectors.joining())
                + decoder.stream().distinct().map(i -> ",d" + i).collect(Collectors.joining());
        KeptLayers kept = kept(layers);
        assertThat(kept(kept.text()).encoder()).containsExactly(kept.encoder());
        assertThat(kept(kept.text()).decoder()).containsExactly(kept.decoder());
    }

    @Test
    void textIsInRanges() {
        assertThat(kept("0,1,2,8,10-49,d3,d0-1").text()).isEqualTo("0-2,8,10-49,d0-1,d3");
        assertThat(KeptLayers.all(LARGE).text()).isEqualTo("0-49,d0-15");
    }

    @Test
    void droppedTensorsAreThoseOfDroppedLayersAlone() {
        KeptLayers kept = kept("0-1,3-49,d0,d2-15");
        List<String> dropped = ModelTensors.required(LARGE, 8404, DataType.F16).stream().map(WeightSpec::name).filter(kept::drops).toList();
        assertThat(dropped).hasSize(13 + 18).allMatch(name -> name.startsWith("encoder.encoders.1.") || name.startsWith("decoder.decoders.1."));
        List<String> needed = ModelTensors.required(LARGE, kept, 8404, DataType.F16).stream().map(WeightSpec::name).toList();
        assertThat(needed).hasSize(955 - 31).doesNotContainAnyElementsOf(dropped).contains("encoder.encoders.10.norm1.weight");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "''; '' has an empty item",
        "'0-5,,8'; '0-5,,8' has an empty item",
        "'0-5,'; has an empty item",
        "'-3'; '-3' is neither a layer nor a range",
        "'0-d3'; '0-d3' is neither a layer nor a range",
        "'0-5-8'; '0-5-8' is neither a layer nor a range",
        "'d'; 'd' is neither a layer nor a range",
        "'0-1234567'; is neither a layer nor a range",
        "'5-0'; the range 5-0 is reversed",
        "'d2-1'; the range d2-1 is reversed",
        "'0-5,3'; layer 3 is named twice, the second time by 3",
        "'4,0-9'; layer 4 is named twice, the second time by 0-9",
        "'d1,d0-3'; layer d1 is named twice",
        "'0-50'; no encoder layer 50, the model has 0 to 49",
        "'0,70-80'; no encoder layer 70, the model has 0 to 49",
        "'d0-16'; no decoder layer d16, the model has d0 to d15",
        "'1-49'; encoder layer 0 cannot be dropped, it takes 560 features to the model's width of 512"
    })
    void whatIsWrongIsNamed(String layers, String message) {
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> kept(layers)).withMessageContaining(message);
    }

    @Test
    void theFirstLayerCanGoWhereItChangesNoWidth() {
        EncoderConfig e = LARGE.encoder();
        EncoderConfig sameWidth = new EncoderConfig(512, 512, e.attentionHeads(), e.linearUnits(), e.numBlocks(), e.kernelSize(), e.sanmShift());
        assertThat(LayerMask.parse("1-49").in(sameWidth, LARGE.decoder()).encoder()).hasSize(49).doesNotContain(0);
    }

    @Test
    void aFileHoldsLayersToo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mask.txt"), "0-5,8,\r\nd0-2\n10-49\n");
        for (LayerMask mask : List.of(LayerMask.of("@" + file), LayerMask.of(file.toString()), LayerMask.read(file))) {
            assertThat(KeptLayers.of(LARGE, mask).encoder()).hasSize(47);
            assertThat(KeptLayers.of(LARGE, mask).decoder()).containsExactly(0, 1, 2);
        }
        Files.writeString(file, "0-5,x");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> LayerMask.of("@" + file)).withMessageContainingAll("mask.txt", "'x' is neither");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> LayerMask.of("no/such/mask")).withMessage("no/such/mask is missing");
    }

    @Test
    void spacesTakeTimeInProportion() {
        String spaces = " ".repeat(4_000_000);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> kept("0" + spaces + "1")).satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300)));
        assertThat(kept("0" + spaces + "," + spaces + "1").encoder()).containsExactly(0, 1);
    }
}
