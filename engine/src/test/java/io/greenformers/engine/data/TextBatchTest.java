package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextBatchTest {
  private static final int TOKENS = 3;

  @ParameterizedTest
  @CsvSource({"7,2", "8,2", "9,4", "2,2", "5,1"})
  void everyRowIsInOneShareWithItsInputsMaskAndTarget(int rows, int shares) {
    TextBatch whole = batch(rows);
    List<Long> lines = new ArrayList<>();
    for (int i = 0; i < shares; i++) {
      TextBatch share = (TextBatch) whole.share(i, shares);
      assertThat(share.size()).isBetween(rows / shares, (rows + shares - 1) / shares);
      assertThat(share.sequence()).isEqualTo(TOKENS);
      Tensor ids = Objects.requireNonNull(share.inputs().get("ids"));
      Tensor classes = ((Targets.Classes) share.targets()).indices();
      for (int row = 0; row < share.size(); row++) {
        long line = share.examples().get(row).line();
        lines.add(line);
        assertThat(ids.get(row * TOKENS)).isEqualTo((double) (line * TOKENS));
        assertThat(share.isToken(row * TOKENS)).isEqualTo(line > 0);
        assertThat(classes.get(row)).isEqualTo((double) line);
      }
    }
    assertThat(lines)
        .containsExactlyElementsOf(IntStream.range(0, rows).mapToObj(i -> (long) i).toList());
  }

  @Test
  void fewerRowsThanSharesAreNotShared() {
    TextBatch whole = batch(2);
    assertThat(whole.share(0, 3)).isSameAs(whole);
    assertThat(whole.share(2, 3)).isSameAs(whole);
  }

  /** Element i of the ids is i, and the class of a row its number. */
  private static TextBatch batch(int rows) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(rows * TOKENS * Long.BYTES).order(ByteOrder.nativeOrder());
    IntStream.range(0, rows * TOKENS).forEach(i -> bytes.putLong(i));
    Tensor ids = new Tensor(ElementType.INT64, List.of((long) rows, (long) TOKENS), bytes.flip());
    List<TextExample> examples =
        IntStream.range(0, rows)
            .mapToObj(i -> new TextExample(i, "t", Optional.empty(), new Label.OfClass(i)))
            .toList();
    return new TextBatch(Map.of("ids", ids), ids, examples);
  }
}
