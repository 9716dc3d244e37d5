package io.greenformers.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FidelityTest {
  private static final double EXACT = 1e-12;

  @Test
  void isOneForEqualOutputs() {
    Fidelity fidelity = fidelity(tensor(1, -2), Map.of("y", tensor(1, -2)));
    assertThat(fidelity.cosine()).isEqualTo(1, within(EXACT));
    assertThat(fidelity.relativeL2()).isZero();
  }

  @Test
  void isThatOfTheFormula() {
    Fidelity fidelity = fidelity(tensor(3, 4), Map.of("y", tensor(4, 3)));
    assertThat(fidelity.cosine()).isEqualTo(24.0 / 25, within(EXACT));
    assertThat(fidelity.relativeL2()).isEqualTo(Math.sqrt(2) / 5, within(EXACT));
  }

  @Test
  void isNothingWhereOutputsAreBroken() {
    for (Map<String, Tensor> broken :
        List.of(
            Map.<String, Tensor>of(),
            Map.of("y", tensor(1)),
            Map.of("y", tensor(Float.NaN, Float.NaN)))) {
      Fidelity fidelity = fidelity(tensor(1, 2), broken);
      assertThat(fidelity.cosine()).isZero();
      assertThat(fidelity.relativeL2()).isInfinite();
    }
  }

  @Test
  void whatStandsAtPaddingMeansNothing() {
    Tensor mask = of(List.of(1L, 2L), 1, 0);
    TextBatch batch = new TextBatch(Map.of(), mask, List.of());
    Fidelity fidelity = new Fidelity();
    fidelity.add(
        batch,
        Map.of("tokens", of(List.of(1L, 2L, 2L), 3, 4, 9, 9), "pooled", of(List.of(2L), 0, 0)),
        Map.of(
            "tokens",
            of(List.of(1L, 2L, 2L), 4, 3, 0, Float.NaN),
            "pooled",
            of(List.of(2L), 0, 0)));
    assertThat(fidelity.cosine()).isEqualTo(24.0 / 25, within(EXACT));
  }

  private static Fidelity fidelity(Tensor original, Map<String, Tensor> outputs) {
    Fidelity fidelity = new Fidelity();
    fidelity.add(Map.of("y", original), outputs);
    return fidelity;
  }

  private static Tensor tensor(float... values) {
    return of(List.of((long) values.length), values);
  }

  private static Tensor of(List<Long> shape, float... values) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new Tensor(ElementType.FLOAT, shape, bytes.flip());
  }
}
