package io.greenformers.engine;

/** The parent asked the child to stop. */
final class StageCancelledException extends EngineException {
  StageCancelledException() {
    super("the stage was cancelled");
  }
}
