package io.greenformers.cli.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class EndpointTest {
  private final Endpoint.Converter converter = new Endpoint.Converter();

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:29500, http://10.0.0.1:29500/join",
    "[::1]:65534, http://[0:0:0:0:0:0:0:1]:65534/join",
    "fd00::1:29500, http://[fd00:0:0:0:0:0:0:1]:29500/join",
  })
  void readsAddressesOfBothKinds(String text, String uri) {
    assertThat(converter.convert(text).uri("/join")).hasToString(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "10.0.0.1:0",
        "10.0.0.1:65535",
        "10.0.0.1:-1",
        "localhost:29500",
        "10.0.0.1:29500/x",
        ":29500",
        ""
      })
  void refusesNamesAndWhatIsNoPort(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("expected an address and a port below 65535");
  }

  @Test
  void theNextPortIsTheTrainings() {
    assertThat(converter.convert("10.0.0.1:29500").meetingPort()).isEqualTo(29_501);
  }
}
