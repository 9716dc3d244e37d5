package io.greenformers.spring;

import io.greenformers.client.GreenformersClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The service as a part of the application's health, where the application has health at all and
 * {@code management.health.greenformers.enabled} is not false.
 */
@AutoConfiguration(after = GreenformersClientAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(GreenformersClient.class)
@ConditionalOnEnabledHealthIndicator("greenformers")
public final class GreenformersHealthAutoConfiguration {

  /** Asks the service with the application's own client, the key included. */
  @Bean
  @ConditionalOnMissingBean(name = "greenformersHealthIndicator")
  HealthIndicator greenformersHealthIndicator(GreenformersClient client) {
    return new GreenformersHealth(client);
  }
}
