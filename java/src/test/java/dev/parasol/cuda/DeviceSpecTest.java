package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSpecTest {
    private String before;

    @BeforeEach
    void keepProperty() {
        before = System.clearProperty(DeviceSpec.PROPERTY);
    }

    @AfterEach
    void restoreProperty() {
        System.clearProperty(DeviceSpec.PROPERTY);
        if (before != null) {
            System.setProperty(DeviceSpec.PROPERTY, before);
        }
    }

    @ParameterizedTest
    @CsvSource({"cuda:0,CUDA,0", "cuda,CUDA,0", "CUDA:3,CUDA,3", "soft:0,SOFT,0", "soft,SOFT,0", "' soft:1 ',SOFT,1"})
    void readsKindAndNumber(String text, DeviceSpec.Kind kind, int ordinal) {
        assertThat(DeviceSpec.parse(text)).isEqualTo(new DeviceSpec(kind, ordinal));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:0:0", "soft 0", "cuda:99999"})
    void refusesOtherTextAndSaysHowItIsWritten(String text) {
        assertThatThrownBy(() -> DeviceSpec.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'").hasMessageContaining("cuda:0").hasMessageContaining("soft:0");
    }

    @Test
    void writesWhatItReads() {
        assertThat(DeviceSpec.parse("soft").toString()).isEqualTo("soft:0");
        assertThat(DeviceSpec.parse("CUDA:2").toString()).isEqualTo("cuda:2");
    }

    @Test
    void explicitComesBeforeTheProperty() {
        System.setProperty(DeviceSpec.PROPERTY, "soft:1");
        assertThat(DeviceSpec.select("soft:2").ordinal()).isEqualTo(2);
        assertThat(DeviceSpec.select(null).ordinal()).isEqualTo(1);
    }

    @Test
    void detectionTakesTheGpuOnlyWhereTheBuildCanUseIt() {
        assertThat(DeviceSpec.detect(true, true)).hasToString("cuda:0");
        assertThat(DeviceSpec.detect(true, false)).hasToString("soft:0");
        assertThat(DeviceSpec.detect(false, true)).hasToString("soft:0");
    }

    @Test
    void severalDevicesOfOneKind() {
        assertThat(DeviceSpec.parseList("soft:0, soft:1")).containsExactly(DeviceSpec.parse("soft:0"), DeviceSpec.parse("soft:1"));
        assertThat(DeviceSpec.parseList("cuda")).containsExactly(DeviceSpec.parse("cuda:0"));
        assertThatIllegalArgumentException().isThrownBy(() -> DeviceSpec.parseList("soft,soft:0")).withMessageContaining("named twice");
        assertThatIllegalArgumentException().isThrownBy(() -> DeviceSpec.parseList("soft:0,cuda:0")).withMessageContaining("one kind");
        assertThatIllegalArgumentException().isThrownBy(() -> DeviceSpec.parseList("soft:0,")).withMessageContaining("is no device");
    }
}
