package io.greenformers.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTokenTest {
  private static final int SECRET_BITS_PER_CHARACTER = 6;

  @Test
  void isReadAsItWasWritten() {
    KeyToken made = KeyToken.random(new Random(1));
    KeyToken read = KeyToken.of(made.secret()).orElseThrow();
    assertThat(read.id()).isEqualTo(made.id());
    assertThat(read.hash()).isEqualTo(made.hash()).hasSize(64);
  }

  @Test
  void hasAtLeast160RandomBitsThatAreNotPartOfItsId() {
    String secret = KeyToken.random(new Random(2)).secret();
    String random = secret.substring(secret.lastIndexOf('_', "gf_".length() + 12) + 1);
    assertThat(random.length() * SECRET_BITS_PER_CHARACTER).isGreaterThanOrEqualTo(160);
  }

  @Test
  void doesNotShowItsSecretByAccident() {
    KeyToken made = KeyToken.random(new Random(3));
    assertThat(made.toString()).doesNotContain(made.secret().substring(17));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gf_",
        "gf_0123456789ab_short",
        "xx_0123456789ab_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "gf_0123456789AB_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "gf_0123456789ab_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "gf_0123456789ab_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
      })
  void otherTextsAreNone(String text) {
    assertThat(KeyToken.of(text)).isEmpty();
  }
}
