package io.greenformers.service.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.service.console.NewCompressionPage.FieldError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people write becomes the request that the API would be sent. */
final class CompressionFormTest {

  private static CompressionForm form(
      @Nullable String size, @Nullable String other, String speed, String accuracy) {
    return form(size, other, speed, accuracy, "1, 8");
  }

  private static CompressionForm form(
      @Nullable String size,
      @Nullable String other,
      String speed,
      String accuracy,
      String batchSizes) {
    return new CompressionForm(
        "sha256:0",
        null,
        size,
        other,
        speed,
        accuracy,
        "",
        "id",
        null,
        null,
        "",
        "",
        null,
        batchSizes,
        "32",
        null);
  }

  private static CompressionRequest request(CompressionForm form) {
    return RequestDocument.parseJson(form.document());
  }

  @Test
  void theMethodIsWhatWasChosen() {
    CompressionForm form =
        new CompressionForm(
            "sha256:0",
            "auto",
            "50",
            null,
            "",
            "",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "1",
            "512",
            null);
    assertThat(request(form).method()).isEqualTo(CompressionRequest.Method.AUTO);
    assertThat(Goal.of(form.document()))
        .isEqualTo("at most 50 % of the size; attention too, by Linformer");
    assertThat(request(form("50", null, "", "")).method())
        .isEqualTo(CompressionRequest.Method.LOW_RANK);
  }

  @Test
  void sharesAndPointsAreWhatWasMeant() {
    CompressionRequest request = request(form("other", "55", "1", "0.5"));
    assertThat(request.budget().sizeRatio()).contains(0.55);
    assertThat(request.budget().latencyRatio()).contains(1.0);
    assertThat(request.budget().accuracyDrop()).contains(0.005);
    assertThat(request.recovery()).isEmpty();
    assertThat(request.evaluation().latency().batchSizes()).containsExactly(1, 8);
    assertThat(Goal.of(form("other", "55", "1", "0.5").document()))
        .isEqualTo("at most 55 % of the size; never slower; lose at most 0.5 points of accuracy");
  }

  @Test
  void aFactorOfSpeedBecomesARatioOfTimes() {
    assertThat(request(form("50", "", "2", "")).budget().latencyRatio()).contains(0.5);
    assertThat(Goal.of(form("50", "", "1.5", "").document()))
        .contains("at least 1.5 times as fast");
  }

  @Test
  void whatIsNotOtherIsNotLookedAt() {
    assertThat(request(form("25", "99", "", "")).budget().sizeRatio()).contains(0.25);
  }

  @Test
  void errorsNameTheFieldOfTheForm() {
    assertThatThrownBy(() -> form("other", "<b>", "", "").document())
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e ->
                assertThat(FieldError.of(e))
                    .isEqualTo(new FieldError("size", "expected a number, found '<b>'")));
    assertThatThrownBy(() -> form("other", "0", "", "").document())
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(FieldError.of(e).field()).isEqualTo("size"));
    assertThatThrownBy(() -> form("50", "", "0", "").document())
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(FieldError.of(e).field()).isEqualTo("speed"));
    assertThatThrownBy(() -> form("", "", "", "").document())
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(FieldError.of(e).field()).isEqualTo("size"));
  }

  @Test
  void aBatchIsNotRounded() {
    assertThatThrownBy(() -> form("50", "", "", "", "1, 2.5").document())
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e).hasMessageContaining("expected a whole number, found '2.5'"));
  }
}
