package io.greenformers.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "999960, 1.0 MB",
    "90377191, 90.4 MB",
    "5000000000000000, 5000.0 TB",
  })
  void bytesAreOfAThousandEach(long bytes, String words) {
    assertThat(Words.bytes(bytes)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({"50, 50", "0.5, 0.5", "66.6666, 66.667", "100, 100", "1000, 1000"})
  void chosenFiguresAreWrittenAsPeopleDo(double value, String words) {
    assertThat(Words.plain(value)).isEqualTo(words);
  }

  @Test
  void durationsHaveTwoUnits() {
    assertThat(Words.duration(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Words.duration(Duration.ofSeconds(133))).isEqualTo("2 min 13 s");
    assertThat(Words.duration(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
  }

  @Test
  void namesDoNotTurnTextAround() {
    assertThat(Words.name("a\u202eb")).isEqualTo("a[U+202E]b");
  }
}
