package io.greenformers.spring;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.RequestListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class GreenformersClientAutoConfigurationTest {
  @RegisterExtension
  static final WireMockExtension SERVICE =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private static final String KEY = "gf_0123456789ab_sEcReT";

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  GreenformersClientAutoConfiguration.class,
                  GreenformersHealthAutoConfiguration.class))
          .withPropertyValues(
              "greenformers.client.url=" + SERVICE.baseUrl(), "greenformers.client.api-key=" + KEY);

  @Test
  void thereIsAClientThatAsksTheServiceWithTheKey() {
    answers();
    application.run(context -> {
      assertThat(context.getBean(GreenformersClient.class).compressions(5)).isEmpty();
      SERVICE.verify(
          getRequestedFor(anyUrl()).withHeader("Authorization", equalTo("Bearer " + KEY)));
    });
  }

  @Test
  void everyPropertyReachesTheClient() {
    application
        .withPropertyValues(
            "greenformers.client.timeout=5s",
            "greenformers.client.connect-timeout=2s",
            "greenformers.client.transfer-timeout=1h",
            "greenformers.client.retries.most=7",
            "greenformers.client.retries.first=10ms",
            "greenformers.client.retries.longest=1s")
        .run(context ->
            assertThat(context.getBean(GreenformersClient.class).toString())
                .contains(
                    SERVICE.baseUrl(),
                    "timeout=PT5S",
                    "connectTimeout=PT2S",
                    "transferTimeout=PT1H",
                    "most=7, first=PT0.01S, longest=PT1S"));
  }

  @Test
  void withoutPropertiesItIsTheClientsOwnDefault() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GreenformersClientAutoConfiguration.class))
        .run(context -> {
          try (GreenformersClient plain = GreenformersClient.builder().build()) {
            assertThat(context.getBean(GreenformersClient.class).toString())
                .isEqualTo(plain.toString());
          }
        });
  }

  @Test
  void aClientOfOnesOwnTakesItsPlace() {
    try (GreenformersClient own = GreenformersClient.builder().build()) {
      application
          .withBean("own", GreenformersClient.class, () -> own)
          .run(context -> assertThat(context.getBean(GreenformersClient.class)).isSameAs(own));
    }
  }

  @Test
  void aListenerOfTheApplicationIsToldOfRequests() {
    answers();
    List<String> told = new ArrayList<>();
    application
        .withBean(
            RequestListener.class,
            () ->
                new RequestListener() {
                  @Override
                  public void answered(Exchange exchange, int status, Duration took) {
                    told.add(exchange.route() + " " + status);
                  }
                })
        .run(context -> context.getBean(GreenformersClient.class).compressions(5));
    assertThat(told).containsExactly("/v1/compressions 200");
  }

  @Test
  void theClientIsClosedWithTheApplication() {
    GreenformersClient[] client = new GreenformersClient[1];
    application.run(context -> client[0] = context.getBean(GreenformersClient.class));
    assertThatThrownBy(() -> client[0].compressions(1)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"url=nowhere", "timeout=0s", "retries.most=-1", "retries.first=1h"})
  void whatIsInvalidIsNamedAndTheKeyIsNot(String property) {
    application
        .withPropertyValues("greenformers.client." + property)
        .run(context -> {
          assertThat(context).hasFailed();
          assertThat(context.getStartupFailure())
              .hasStackTraceContaining("greenformers.client")
              .rootCause()
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("expected");
          assertThat(context.getStartupFailure()).hasMessageNotContaining(KEY);
        });
  }

  @Test
  void theServiceIsAPartOfTheHealth() {
    answers();
    Health up = health(application);
    assertThat(up.getStatus()).isEqualTo(Status.UP);
    assertThat(up.getDetails()).containsEntry("url", SERVICE.baseUrl()).containsKey("answeredInMs");
  }

  @Test
  void aServiceThatRefusesTheKeyIsDownAndTheKeyIsNotShown() {
    SERVICE.stubFor(get(anyUrl()).willReturn(jsonResponse("{\"code\": \"not-logged-in\"}", 401)));
    Health down = health(application);
    assertThat(down.getStatus()).isEqualTo(Status.DOWN);
    assertThat(down.getDetails())
        .containsEntry("status", 401)
        .containsEntry("code", "not-logged-in");
    assertThat(down.toString()).doesNotContain(KEY);
  }

  @Test
  void aServiceThatIsNotThereIsDown() {
    Health down =
        health(application.withPropertyValues("greenformers.client.url=http://127.0.0.1:1"));
    assertThat(down.getStatus()).isEqualTo(Status.DOWN);
    assertThat(down.getDetails()).containsEntry("error", "GreenformersIoException");
  }

  @Test
  void healthCanBeSwitchedOffAndIsNotNeeded() {
    application
        .withPropertyValues("management.health.greenformers.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    application
        .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
        .run(context ->
            assertThat(context)
                .hasSingleBean(GreenformersClient.class)
                .doesNotHaveBean("greenformersHealthIndicator"));
  }

  @Test
  void editorsKnowTheProperties() throws Exception {
    try (var in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "greenformers.client.url",
              "greenformers.client.api-key",
              "greenformers.client.retries.longest",
              "how many times at most");
    }
  }

  private static Health health(ApplicationContextRunner application) {
    Health[] health = new Health[1];
    application.run(context ->
        health[0] = Objects.requireNonNull(context.getBean(HealthIndicator.class).health()));
    return health[0];
  }

  private static void answers() {
    SERVICE.stubFor(get(anyUrl()).willReturn(okJson("{\"compressions\": []}")));
  }
}
