package io.greenformers.client;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What a service says, and whom it says it of. */
final class Documents {
  static final String ID = "11111111-2222-3333-4444-555555555555";
  static final String PLACE = "/v1/compressions/" + ID;

  private Documents() {}

  static String compression(String state) {
    return "{\"id\": \"%s\", \"state\": \"%s\", \"createdAt\": \"2026-01-02T03:04:05Z\", \"artifacts\": []}"
        .formatted(ID, state);
  }

  static String model(String sha256) {
    return """
    {"id": "sha256:aa", "bytes": 5, "createdAt": "2026-01-02T03:04:05Z",
     "files": [{"name": "model.onnx", "bytes": 5, "sha256": "%s"}]}
    """
        .formatted(sha256);
  }

  static String dataset(String sha256) {
    return "{\"id\": \"sha256:%s\", \"bytes\": 5, \"createdAt\": \"2026-01-02T03:04:05Z\"}"
        .formatted(sha256);
  }

  static String problem(int status, String code) {
    return "{\"type\": \"https://greenformers.io/problems/%2$s\", \"status\": %1$d, \"code\": \"%2$s\", \"detail\": \"said so\", \"field\": \"budget.sizeRatio\"}"
        .formatted(status, code);
  }

  static Artifact artifact(String name, byte[] promised) {
    return new Artifact(name, promised.length, sha256(promised), "/a");
  }

  static Artifact artifact(String name, String promised) {
    return artifact(name, bytes(promised));
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(FileDigest.sha256().digest(bytes));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
