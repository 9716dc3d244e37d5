package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One tenant floods the queue, then others queue a few: none of these waits for the flood. Short in
 * the build; {@code -Dgreenformers.campaign=long} is 1,000 compressions by 20 tenants, {@code
 * -Dgreenformers.campaign.compressions=…} as many as one likes.
 */
final class FairLoadIT {
  private static final boolean LONG = "long".equals(System.getProperty("greenformers.campaign"));
  private static final int COMPRESSIONS =
      Integer.getInteger("greenformers.campaign.compressions", LONG ? 1000 : 8);
  private static final int QUIET_TENANTS = LONG ? 19 : 2;

  /** Of all compressions, those of tenants that do not flood. */
  private static final double QUIET_SHARE = 0.25;

  private static final int STAGES_AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofHours(12);

  @TempDir Path directory;

  /** A tenant with its model and what it has queued. */
  private record Tenant(GreenformersClient client, String model, List<String> queued) {
    static Tenant of(RunningService service, String key) throws Exception {
      GreenformersClient client = service.client(key);
      return new Tenant(client, client.uploadModel(MainJobIT.BERT).id(), new ArrayList<>());
    }

    void queue() {
      queued.add(client.compress(QuickRequest.of(model)).id());
    }

    List<Compression> await() {
      return queued.stream().map(id -> client.await(id, PATIENCE, now -> {})).toList();
    }
  }

  @Test
  void whoQueuesAFewDoesNotWaitForTheFlood() throws Exception {
    Path data = directory.resolve("data");
    String operatorKey = RunningService.firstKey(data);
    int each = Math.max(1, (int) (COMPRESSIONS * QUIET_SHARE) / QUIET_TENANTS);
    try (RunningService service =
        RunningService.start(
            data,
            "--greenformers.access.login=true",
            "--greenformers.parallel-stages=" + STAGES_AT_ONCE,
            "--greenformers.limits.tenant.compressions=" + COMPRESSIONS)) {
      Tenant flood = Tenant.of(service, key(service, operatorKey, "flood"));
      List<Tenant> quiet = new ArrayList<>();
      for (int i = 0; i < QUIET_TENANTS; i++) {
        quiet.add(Tenant.of(service, key(service, operatorKey, "quiet-" + i)));
      }
      String watcher = key(service, operatorKey, "quiet-0");
      Instant start = Instant.now();
      try (ProbedService probed = new ProbedService(service, "/v1/compressions", watcher)) {
        for (int i = each * QUIET_TENANTS; i < COMPRESSIONS; i++) {
          flood.queue();
        }
        for (int i = 0; i < each; i++) {
          quiet.forEach(Tenant::queue);
        }
        List<Compression> flooded = flood.await();
        List<Compression> others = quiet.stream().flatMap(t -> t.await().stream()).toList();
        Duration took = Duration.between(start, Instant.now());
        print(took, flooded, others, probed);
        assertThat(probed.unanswered()).isZero();
        assertThat(flooded).allSatisfy(FairLoadIT::assertSucceeded);
        assertThat(others).allSatisfy(FairLoadIT::assertSucceeded);
        quiet.forEach(tenant -> assertFair(tenant.await(), flooded));
      }
    }
  }

  private static String key(RunningService service, String operatorKey, String tenant) {
    try (GreenformersClient operator = service.client(operatorKey)) {
      return operator
          .createKey(tenant, "load", Set.of("read", "write"), Duration.ofDays(1))
          .secret()
          .orElseThrow();
    }
  }

  private static void assertSucceeded(Compression compression) {
    assertThat(compression.state()).as("%s", compression).isEqualTo(CompressionState.SUCCEEDED);
  }

  /**
   * Before a tenant's n-th compression starts, n of the flood do, and those that were at work when
   * it was queued.
   */
  private static void assertFair(List<Compression> own, List<Compression> flooded) {
    List<Compression> sorted =
        own.stream().sorted(Comparator.comparing(FairLoadIT::started)).toList();
    Instant queued = sorted.getFirst().createdAt();
    for (int n = 1; n <= sorted.size(); n++) {
      Instant its = started(sorted.get(n - 1));
      long before =
          flooded.stream()
              .map(FairLoadIT::started)
              .filter(s -> s.isAfter(queued) && s.isBefore(its))
              .count();
      assertThat(before)
          .as("of the flood before number %d", n)
          .isLessThanOrEqualTo(n + STAGES_AT_ONCE);
    }
  }

  private static void print(
      Duration took, List<Compression> flooded, List<Compression> others, ProbedService probed) {
    System.out.printf(
        "%d compressions of %d tenants in %s, %.1f a minute; waited for the first stage: the flood's p50 %d s, most %d s; others' p50 %d s, most %d s; meanwhile %s%n",
        COMPRESSIONS,
        QUIET_TENANTS + 1,
        took,
        COMPRESSIONS * 60.0 / took.toSeconds(),
        waited(flooded, 0.5),
        waited(flooded, 1),
        waited(others, 0.5),
        waited(others, 1),
        probed.latencies());
  }

  /** Seconds that so great a share of compressions waited at most. */
  private static long waited(List<Compression> compressions, double share) {
    List<Long> sorted =
        compressions.stream()
            .map(c -> Duration.between(c.createdAt(), started(c)).toSeconds())
            .sorted()
            .toList();
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  private static Instant started(Compression compression) {
    return compression.startedAt().orElseThrow();
  }
}
