package io.greenformers.engine;

/** The request wants Linformer only, and no attention of the model can become that. */
final class NoLinformerException extends EngineException {
  NoLinformerException(String why) {
    super(
        "method: expected a model whose self-attention can become Linformer, found that %s; nothing was compressed; the method low-rank makes its weights smaller"
            .formatted(why));
  }

  /** Stable and machine-readable. */
  String code() {
    return "model-attention-stays";
  }
}
