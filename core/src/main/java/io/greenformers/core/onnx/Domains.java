package io.greenformers.core.onnx;

import java.util.Set;

/** Operator domains that ONNX and ONNX Runtime define. */
public final class Domains {
  /** ONNX Runtime's own operators. */
  public static final String MICROSOFT = "com.microsoft";

  private static final Set<String> KNOWN =
      Set.of(
          "",
          "ai.onnx",
          "ai.onnx.ml",
          "ai.onnx.training",
          "ai.onnx.preview.training",
          MICROSOFT,
          "com.microsoft.nchwc",
          "com.ms.internal.nhwc");

  private Domains() {}

  /** Whether this is the domain of ONNX's own operators, which has two names. */
  public static boolean isDefault(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  static boolean isKnown(String domain) {
    return KNOWN.contains(domain);
  }
}
