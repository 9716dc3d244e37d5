package io.greenformers.engine.data;

import java.util.List;
import java.util.stream.Collectors;

/** What files hold, as messages may show it: short, and without control characters. */
final class Quoted {
  private static final int LONGEST = 60;
  private static final int MOST = 30;

  private Quoted() {}

  static String of(String value) {
    String printable = value.replaceAll("\\p{Cntrl}", " ");
    return "'%s'"
        .formatted(
            printable.length() > LONGEST ? printable.substring(0, LONGEST) + "…" : printable);
  }

  static String of(List<String> values) {
    return values.stream().limit(MOST).map(Quoted::of).collect(Collectors.joining(", "))
        + (values.size() > MOST ? ", …" : "");
  }
}
