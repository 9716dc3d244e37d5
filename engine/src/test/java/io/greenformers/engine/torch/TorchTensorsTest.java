package io.greenformers.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TorchTensorsTest {
  @ParameterizedTest
  @EnumSource(ElementType.class)
  void keepsElementsTypeAndShapeThereAndBack(ElementType type) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(6 * type.bytes()).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 6; i++) {
      type.put(bytes, i % 2);
    }
    Tensor tensor = new Tensor(type, List.of(2L, 3L), bytes.flip());
    try (Scope scope = new Scope()) {
      assertThat(TorchTensors.copy(TorchTensors.of(tensor))).isEqualTo(tensor);
    }
  }

  @Test
  void readsElementsOfViewsInTheirOrder() {
    try (Scope scope = new Scope()) {
      var matrix = TorchTensors.of(new long[] {1, 2, 3, 4, 5, 6}, 2, 3);
      assertThat(TorchTensors.longs(matrix.t())).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(TorchTensors.doubles(matrix.select(1, 2))).containsExactly(3, 6);
    }
  }

  @Test
  void takesTensorsWithoutElements() {
    try (Scope scope = new Scope()) {
      assertThat(TorchTensors.longs(TorchTensors.of(new long[0], 0))).isEmpty();
    }
  }

  @Test
  void closesWhatIsNotKept() {
    org.bytedeco.pytorch.Tensor kept;
    org.bytedeco.pytorch.Tensor dropped;
    try (Scope scope = new Scope()) {
      kept = scope.keep(TorchTensors.of(new long[] {1}, 1));
      dropped = TorchTensors.of(new long[] {2}, 1);
    }
    assertThat(dropped.isNull()).isTrue();
    assertThat(TorchTensors.longs(kept)).containsExactly(1);
    kept.close();
    assertThat(kept.isNull()).isTrue();
  }
}
