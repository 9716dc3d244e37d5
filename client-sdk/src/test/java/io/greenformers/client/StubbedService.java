package io.greenformers.client;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** A service that says what it is told to, and clients that do not sleep. */
final class StubbedService extends WireMockExtension {
  static final long SEED = 20261124;
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final RetryPolicy POLICY =
      new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(9));

  private final List<Duration> pauses = new ArrayList<>();

  StubbedService() {
    super(
        WireMockExtension.extensionOptions()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort()));
  }

  /** A client that writes its pauses down instead of waiting. */
  GreenformersClient client() {
    return client(GreenformersClient.builder());
  }

  GreenformersClient client(ClientBuilder builder) {
    pauses.clear();
    return builder
        .baseUrl(baseUrl() + "/")
        .build(
            new Retries(POLICY, pauses::add, new Random(SEED), Clock.fixed(NOW, ZoneOffset.UTC)));
  }

  /** How long the last client would have waited. */
  List<Duration> pauses() {
    return pauses;
  }

  /** Gives these answers one after the other, and the last for ever. */
  void answers(Supplier<MappingBuilder> request, ResponseDefinitionBuilder... answers) {
    String scenario = UUID.randomUUID().toString();
    for (int i = 0; i < answers.length; i++) {
      stubFor(
          request
              .get()
              .inScenario(scenario)
              .whenScenarioStateIs(state(i))
              .willSetStateTo(state(Math.min(i + 1, answers.length - 1)))
              .willReturn(answers[i]));
    }
  }

  private static String state(int answer) {
    return answer == 0 ? Scenario.STARTED : "after " + answer;
  }
}
