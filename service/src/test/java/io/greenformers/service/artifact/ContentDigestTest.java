package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentDigestTest {
  /** Of the empty string, as {@code openssl dgst -sha256 -binary | base64} prints it. */
  private static final String EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha-256=:" + EMPTY + ":",
        "sha-512=:AAAA:, sha-256=:" + EMPTY + ":",
        "sha-256=:" + EMPTY + ":, unixsum=:AAAA:",
      })
  void readsTheSha256(String header) {
    assertThat(ContentDigest.ofHeader(header).orElseThrow().sha256())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void ignoresOtherAlgorithms() {
    assertThat(ContentDigest.ofHeader(null)).isEmpty();
    assertThat(ContentDigest.ofHeader("sha-512=:AAAA:")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sha-256=" + EMPTY, "sha-256=:AAAA:", "sha-256=:====:", "sha-256=::", "sha-256"})
  void refusesWhatIsNoSha256(String header) {
    assertThatThrownBy(() -> ContentDigest.ofHeader(header))
        .isInstanceOf(UploadException.class)
        .hasMessageContaining("RFC 9530");
  }
}
