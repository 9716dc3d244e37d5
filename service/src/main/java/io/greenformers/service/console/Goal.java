package io.greenformers.service.console;

import io.greenformers.protocol.request.Budget;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Ranks;
import io.greenformers.protocol.request.RequestDocument;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a compression was asked for, in words. */
final class Goal {
  private Goal() {}

  /** {@code at most 50 % of the size; never slower}. */
  static String of(String request) {
    CompressionRequest parsed = RequestDocument.parseJson(request);
    List<String> words =
        Stream.of(bounds(parsed.budget()), method(parsed), ranks(parsed.ranks()), recovery(parsed))
            .flatMap(part -> part)
            .toList();
    return words.isEmpty() ? "no bound" : String.join("; ", words);
  }

  private static Stream<String> bounds(Budget budget) {
    return Stream.of(
            budget.sizeRatio().map(r -> "at most " + Words.plain(100 * r) + " % of the size"),
            budget.latencyRatio().map(Goal::speed),
            budget
                .accuracyDrop()
                .map(d -> "lose at most " + Words.plain(100 * d) + " points of accuracy"))
        .flatMap(Optional::stream);
  }

  private static String speed(double latencyRatio) {
    return latencyRatio == 1
        ? "never slower"
        : "at least " + Words.plain(1 / latencyRatio) + " times as fast";
  }

  private static Stream<String> method(CompressionRequest request) {
    return switch (request.method()) {
      case LOW_RANK -> Stream.of();
      case LINFORMER -> Stream.of("attention only, by Linformer");
      case AUTO -> Stream.of("attention too, by Linformer");
    };
  }

  private static Stream<String> ranks(Ranks ranks) {
    return ranks.policy() == Ranks.Policy.BUDGET
        ? Stream.of()
        : Stream.of("ranks: " + ranks.policy().name().toLowerCase(Locale.ROOT));
  }

  private static Stream<String> recovery(CompressionRequest request) {
    return request.recovery().stream().map(r -> "with recovery");
  }
}
