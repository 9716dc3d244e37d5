package io.greenformers.client;

/**
 * A file that a compression produced.
 *
 * @param name for example {@code model.onnx} or {@code report.json}
 * @param sha256 of its bytes, lower-case hex
 * @param href its path in the service
 */
public record Artifact(String name, long bytes, String sha256, String href) {}
