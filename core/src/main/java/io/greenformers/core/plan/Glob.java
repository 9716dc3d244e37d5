package io.greenformers.core.plan;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Patterns of names: {@code *} is anything, {@code ?} one character. */
public final class Glob {
  private Glob() {}

  public static boolean matches(String glob, String name) {
    String regex =
        glob.chars()
            .mapToObj(c ->
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                })
            .collect(Collectors.joining());
    return Pattern.compile(regex, Pattern.DOTALL).matcher(name).matches();
  }
}
