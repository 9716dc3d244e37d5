package io.greenformers.cli.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.cli.terminal.CliException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JoinKeyTest {
  @Test
  void knowsItselfAndNoOther() {
    JoinKey key = JoinKey.random();
    assertThat(key.isSaidBy(key.authorization())).isTrue();
    assertThat(key.isSaidBy(JoinKey.random().authorization())).isFalse();
    assertThat(key.isSaidBy(key.text())).isFalse();
    assertThat(key.isSaidBy(null)).isFalse();
  }

  @Test
  void isNotPrintedByAccident() {
    JoinKey key = JoinKey.random();
    assertThat(key.toString()).doesNotContain(key.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "0123456789 0123456789 0123456789 0123456789"})
  void aKeyThatCouldBeGuessedOrNotBeSentIsRefused(String text) {
    assertThatThrownBy(() -> new JoinKey(text))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("GREENFORMERS_JOIN_KEY: expected the key");
  }
}
