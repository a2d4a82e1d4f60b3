package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Shared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanInstanceTest {
    @ParameterizedTest
    @ValueSource(strings = {"A", "C", "E", "G", "I", "K"})
    void theMiniMallocInstancesFit(String name) {
        PlanInstance.Result result = PlanInstance.read(Shared.path("allocator/minimalloc/" + name + ".1048576.csv")).solve(10);
        assertThat(result.best()).isLessThanOrEqualTo(1_048_576);
        assertThat(result.seconds()).isLessThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inference-128", "inference-512", "forward-fp32-128"})
    void theTracesReachTheirLowerBound(String name) {
        PlanInstance.Result result = PlanInstance.read(Shared.path("allocator/traces/" + name + ".plan.csv")).solve(10);
        assertThat(result.best()).isEqualTo(result.lowerBound());
        assertThat(result.optimal()).isTrue();
    }

    @Test
    void resnetComesNearItsLowerBound() {
        PlanInstance.Result result = PlanInstance.read(Shared.path("allocator/traces/resnet50.plan.csv")).solve(10);
        assertThat(result.ratio()).isLessThanOrEqualTo(1.003);
    }

    @Test
    void theResultIsOneNameAndValueALine() {
        String text = PlanInstance.parse("x", List.of("id,lower,upper,size", "a,0,2,3", "", "b,1,3,4")).solve(1).toText();
        assertThat(text.lines().map(line -> line.split(" ")[0]))
                .containsExactly("lower_bound", "greedy", "best", "ratio", "seconds", "optimal");
        assertThat(text).contains("lower_bound 7\n", "best 7\n", "ratio 1.000000\n", "optimal true\n");
    }

    @Test
    void anInstanceWithoutBuffersNeedsNothing() {
        PlanInstance.Result result = PlanInstance.parse("x", List.of("id,lower,upper,size")).solve(1);
        assertThat(result.best()).isZero();
        assertThat(result.ratio()).isEqualTo(1);
        assertThat(result.optimal()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a,0,2 | line 2: expected 4 fields, found 3",
        "a,0,2,3,4 | line 2: expected 4 fields, found 5",
        "a,2,2,3 | line 2: lower 2 is not below upper 2",
        "a,0,2,-1 | line 2: size -1 is negative",
        "a,0,2,x | line 2: size 'x' is not a whole number",
        "a,0,2,9223372036854775807 | the sizes together are too large",
        "a,0,99999999999999999999,1 | line 2: upper '99999999999999999999' is not a whole number"})
    void whatIsWrongIsNamed(String line, String message) {
        assertThatThrownBy(() -> PlanInstance.parse("file.csv", List.of("id,lower,upper,size", line)))
                .isInstanceOf(InstanceException.class).hasMessageContaining("file.csv").hasMessageContaining(message);
    }

    @Test
    void aRepeatedIdAndAMissingHeadingAreNamed() {
        assertThatThrownBy(() -> PlanInstance.parse("f", List.of("id,lower,upper,size", "a,0,1,1", "a,0,1,1")))
                .hasMessageContaining("line 3: id 'a' was there before");
        assertThatThrownBy(() -> PlanInstance.parse("f", List.of("a,0,1,1"))).hasMessageContaining("heading");
        assertThatThrownBy(() -> PlanInstance.parse("f", List.of())).hasMessageContaining("heading");
    }

    @Test
    void filesThatCannotBeReadAreNamed(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> PlanInstance.read(folder)).isInstanceOf(InstanceException.class).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> PlanInstance.read(folder.resolve("none.csv"))).hasMessageContaining("none.csv does not exist");
        Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> PlanInstance.read(binary)).hasMessageContaining("cannot be read: it is not UTF-8 text");
        Path windows = Files.write(folder.resolve("crlf.csv"), "id,lower,upper,size\r\na,0,1,5\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(PlanInstance.read(windows).solve(1).best()).isEqualTo(5);
    }
}
