package io.greenformers.engine.data;

import ai.djl.huggingface.tokenizers.jni.LibUtils;

/** The native library of tokenizers. */
public final class TokenizerLibrary {
  private TokenizerLibrary() {}

  /**
   * Loads it, and unpacks it where that was not done yet.
   *
   * @throws RuntimeException if this machine cannot
   */
  public static void load() {
    LibUtils.checkStatus();
  }
}
