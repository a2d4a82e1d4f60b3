package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StructLayoutTest {
    @Test
    void fieldsLieWhereTheCompilerPutsThem() {
        // struct S { int32_t a; void* b; float c; int64_t d; uint32_t e; }: 0, 8, 16, 24, 32, size 40
        StructLayout layout = StructLayout.struct("S", "s.h").int32("a").pointer("b").float32("c").int64("d").uint32("e").build();
        assertThat(layout.fields()).extracting(StructLayout.Field::offset).containsExactly(0, 8, 16, 24, 32);
        assertThat(layout.fields()).extracting(StructLayout.Field::name).containsExactly("a", "b", "c", "d", "e");
        assertThat(layout.size()).isEqualTo(40);
        assertThat(layout.alignment()).isEqualTo(8);
        assertThat(layout.offset("d")).isEqualTo(24);
        assertThat(layout.name()).isEqualTo("S");
        assertThat(layout.header()).isEqualTo("s.h");
    }

    @Test
    void aStructOfWordsIsNotPaddedToEight() {
        StructLayout layout = StructLayout.struct("S", "s.h").int32("a").float32("b").uint32("c").build();
        assertThat(layout.size()).isEqualTo(12);
        assertThat(layout.alignment()).isEqualTo(4);
    }

    @Test
    void unknownDoubledAndMissingFieldsAreErrors() {
        StructLayout layout = StructLayout.struct("S", "s.h").int32("a").build();
        assertThatThrownBy(() -> layout.offset("b")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("S").hasMessageContaining("b");
        assertThatThrownBy(() -> StructLayout.struct("S", "s.h").int32("a").pointer("a")).hasMessageContaining("twice");
        assertThatThrownBy(() -> StructLayout.struct("S", "s.h").build()).hasMessageContaining("no fields");
    }

    @Property(tries = 200)
    void fieldsAreAlignedDisjointAndWithoutNeedlessGaps(@ForAll @Size(min = 1, max = 20) List<StructLayout.Type> types) {
        StructLayout.Builder builder = StructLayout.struct("S", "s.h");
        for (int i = 0; i < types.size(); i++) {
            switch (types.get(i)) {
                case POINTER -> builder.pointer("f" + i);
                case INT32 -> builder.int32("f" + i);
                case UINT32 -> builder.uint32("f" + i);
                case INT64 -> builder.int64("f" + i);
                case UINT64 -> builder.uint64("f" + i);
                case FLOAT32 -> builder.float32("f" + i);
            }
        }
        StructLayout layout = builder.build();
        int end = 0;
        for (StructLayout.Field field : layout.fields()) {
            assertThat(field.offset()).isGreaterThanOrEqualTo(end).isLessThan(end + field.type().bytes());
            assertThat(field.offset() % field.type().bytes()).isZero();
            end = field.offset() + field.type().bytes();
        }
        assertThat(layout.size()).isGreaterThanOrEqualTo(end).isLessThan(end + layout.alignment());
        assertThat(layout.size() % layout.alignment()).isZero();
    }
}
