package io.greenformers.cli.machines;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the machines of one training know each other by. It is no option: whoever else uses a
 * machine could read it in the list of processes.
 */
public record JoinKey(String text) {
  public static final String VARIABLE = "GREENFORMERS_JOIN_KEY";

  private static final int RANDOM_BYTES = 32;
  private static final int FEWEST_CHARACTERS = 32;
  private static final String SCHEME = "Bearer ";

  public JoinKey {
    if (text.length() < FEWEST_CHARACTERS || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new CliException(
          ExitCode.USAGE,
          VARIABLE
              + ": expected the key that the first machine printed, or 32 ASCII characters or more of your own, without spaces");
    }
  }

  /** A new one, for one training. */
  public static JoinKey random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new JoinKey(HexFormat.of().formatHex(bytes));
  }

  /** The environment's. */
  public static Optional<JoinKey> ofEnvironment() {
    return Optional.ofNullable(System.getenv(VARIABLE)).map(JoinKey::new);
  }

  /** The environment's, or what is typed. */
  public static JoinKey given() {
    return ofEnvironment().orElseGet(JoinKey::typed);
  }

  private static JoinKey typed() {
    return new JoinKey(
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .map(console -> console.readPassword("key: "))
            .map(String::new)
            .orElse("")
            .strip());
  }

  /** As a header says it. */
  String authorization() {
    return SCHEME + text;
  }

  /** Whether a header says it; takes as long whatever it says. */
  boolean isSaidBy(@Nullable String authorization) {
    return MessageDigest.isEqual(
        authorization().getBytes(StandardCharsets.UTF_8),
        String.valueOf(authorization).getBytes(StandardCharsets.UTF_8));
  }

  /** Not what it is. */
  @Override
  public String toString() {
    return "JoinKey";
  }
}
