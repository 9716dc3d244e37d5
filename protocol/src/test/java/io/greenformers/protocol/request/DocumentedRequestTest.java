package io.greenformers.protocol.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The request that the page of the API shows is one, and has every part. */
final class DocumentedRequestTest {
  @Test
  void theRequestOfThePageIsReadAndWrittenAgainWithAllItsParts() throws Exception {
    String page = Files.readString(Path.of("../docs/api.md"));
    String shown = page.replaceFirst("(?s).*?```yaml\n", "").replaceFirst("(?s)\n```.*", "");
    CompressionRequest request = RequestDocument.parseYaml(shown);
    assertThat(request.data()).isPresent();
    assertThat(request.recovery()).isPresent();
    assertThat(request.budget().latencyRatio()).contains(0.9);
    for (var part : CompressionRequest.class.getRecordComponents()) {
      assertThat("\n" + shown).contains("\n" + part.getName() + ":");
    }
  }
}
