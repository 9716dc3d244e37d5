package io.greenformers.engine;

/** Another process of a training has failed, and the training with it. */
final class LostProcessException extends EngineException {
  private static final long serialVersionUID = 1;

  LostProcessException(String message) {
    super(message);
  }
}
