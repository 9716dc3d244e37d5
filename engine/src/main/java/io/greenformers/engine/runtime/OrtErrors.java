package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ONNX Runtime's errors in our words: which operator it does not know, and no paths of anyone's.
 */
final class OrtErrors {
  private static final Pattern CODE =
      Pattern.compile("^Error code - (?<code>\\w+) - message: (?<text>.*)$", Pattern.DOTALL);

  /** What ONNX Runtime prints of a node: {@code ("name", Operator, "domain", since)}. */
  private static final Pattern NODE =
      Pattern.compile(
          "In Node, \\(\"(?<name>.*?)\", (?<operator>[^,\"]*), \"(?<domain>[^\"]*)\", -?\\d+\\)",
          Pattern.DOTALL);

  private static final Pattern UNKNOWN = Pattern.compile("No Op registered for (?<operator>\\S+)");
  private static final Pattern UNKNOWN_IN_DOMAIN =
      Pattern.compile(
          "(?<domain>[\\w.]*):(?<operator>\\w+)\\(-?\\d+\\) is not a registered function/op");

  /** {@code /onnxruntime_src/core/x.cc:123 Status f(const T&) } is of use to nobody here. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "\\S*/onnxruntime_src/\\S+(?: [^\\n]*?\\) ?(?:const )?(?:\\[with [^\\n]*?\\] )?)?");

  private OrtErrors() {}

  /** The model itself is not accepted. */
  static UnrunnableModelException refused(OrtException e, Path model) {
    String message = text(e).replace(model.toString(), "the model");
    return unknownOperator(message, e)
        .orElseGet(() ->
            new UnrunnableModelException(
                "ONNX Runtime does not accept the model: " + withoutSources(message), e));
  }

  /** The model fails while it runs. */
  static UnrunnableModelException failed(OrtException e) {
    return new UnrunnableModelException(
        "ONNX Runtime fails on the input: " + withoutSources(text(e)), e);
  }

  private static Optional<UnrunnableModelException> unknownOperator(
      String message, OrtException e) {
    Matcher inDomain = UNKNOWN_IN_DOMAIN.matcher(message);
    if (inDomain.find()) {
      return Optional.of(
          UnrunnableModelException.unknownOperator(
              inDomain.group("operator"), inDomain.group("domain"), "", e));
    }
    Matcher unknown = UNKNOWN.matcher(message);
    if (!unknown.find()) {
      return Optional.empty();
    }
    Matcher node = NODE.matcher(message);
    boolean named = node.find() && node.group("operator").equals(unknown.group("operator"));
    return Optional.of(
        UnrunnableModelException.unknownOperator(
            unknown.group("operator"),
            named ? node.group("domain") : "",
            named ? node.group("name") : "",
            e));
  }

  private static String text(OrtException e) {
    String message = String.valueOf(e.getMessage());
    Matcher coded = CODE.matcher(message);
    return coded.matches() ? coded.group("text") : message;
  }

  static String withoutSources(String message) {
    return SOURCE.matcher(message).replaceAll("").replaceAll(" {2,}", " ").strip();
  }
}
