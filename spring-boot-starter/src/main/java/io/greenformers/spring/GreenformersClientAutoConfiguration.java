package io.greenformers.spring;

import io.greenformers.client.ClientBuilder;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.RequestListener;
import org.springframework.beans.factory.ObjectProvider;
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

  /**
   * The client, which is closed with the application. A {@link RequestListener} that is the only
   * bean of its type is told of its requests.
   */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  GreenformersClient greenformersClient(
      GreenformersClientProperties properties, ObjectProvider<RequestListener> listener) {
    ClientBuilder builder = properties.builder();
    listener.ifUnique(builder::requestListener);
    return builder.build();
  }
}
