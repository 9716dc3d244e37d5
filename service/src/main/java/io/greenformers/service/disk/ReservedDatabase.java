package io.greenformers.service.disk;

import org.h2.store.fs.FilePath;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;

/** Makes {@link ReservedFilePath} known to H2 before anything opens a database. */
public final class ReservedDatabase implements EnvironmentPostProcessor {
  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    FilePath.register(new ReservedFilePath());
  }
}
