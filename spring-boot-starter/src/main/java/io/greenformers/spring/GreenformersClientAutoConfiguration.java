package io.greenformers.spring;

import io.greenformers.client.GreenformersClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * A client for the service at {@code greenformers.client.url}, unless there is a client already.
 */
@AutoConfiguration
@EnableConfigurationProperties(GreenformersClientProperties.class)
public final class GreenformersClientAutoConfiguration {

  /** The client, which is closed with the application. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  GreenformersClient greenformersClient(GreenformersClientProperties properties) {
    return properties.builder().build();
  }
}
