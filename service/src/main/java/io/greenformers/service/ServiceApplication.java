package io.greenformers.service;

import java.time.Clock;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** The Greenformers service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ServiceApplication {

  /** Starts the service; it ends with its process. */
  public static void main(String[] args) {
    start(args);
  }

  /**
   * Starts the service inside this process.
   *
   * @param args Spring Boot arguments, for example {@code --server.port=0}
   * @return the running service, to be closed by the caller
   */
  public static ConfigurableApplicationContext start(String... args) {
    SpringApplication application = new SpringApplication(ServiceApplication.class);
    int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    application.setDefaultProperties(Map.of("greenformers.parallel-stages", half));
    return application.run(args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
