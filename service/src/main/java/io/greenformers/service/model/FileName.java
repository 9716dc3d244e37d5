package io.greenformers.service.model;

import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of an uploaded file: a key, relative, and harmless as a path too.
 *
 * @param value letters, digits, {@code . _ - /} and spaces; no empty, {@code .} or {@code ..} part
 */
record FileName(String value) {
  private static final Pattern ALLOWED = Pattern.compile("[\\p{L}\\p{N}._/ -]{1,512}");

  FileName {
    if (!ALLOWED.matcher(value).matches()
        || List.of(value.split("/", -1)).stream().anyMatch(FileName::isHarmful)) {
      throw new UploadException(
          Fault.NAME_INVALID,
          "a file name: expected a relative one of letters, digits, '._-/' and spaces, found '%s'"
              .formatted(printable(value)));
    }
  }

  private static boolean isHarmful(String part) {
    return part.isBlank() || part.equals(".") || part.equals("..") || part.length() > 255;
  }

  private static String printable(String value) {
    return value.substring(0, Math.min(80, value.length())).replaceAll("\\p{C}", "?");
  }

  boolean isModel() {
    return value.endsWith(".onnx");
  }
}
