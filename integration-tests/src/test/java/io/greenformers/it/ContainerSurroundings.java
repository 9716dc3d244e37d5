package io.greenformers.it;

import io.greenformers.testing.RunningS3;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL and an S3 server in containers, which end with this JVM. */
record ContainerSurroundings(PostgreSQLContainer postgres, GenericContainer<?> store)
    implements Surroundings {
  private static final DockerImageName POSTGRES = DockerImageName.parse("postgres:18.1");

  /** The version that {@link ProcessSurroundings} runs as well. */
  private static final DockerImageName STORE = DockerImageName.parse("adobe/s3mock:5.2.0");

  private static final int STORE_PORT = 9090;

  static ContainerSurroundings start() {
    PostgreSQLContainer postgres = new PostgreSQLContainer(POSTGRES);
    GenericContainer<?> store =
        new GenericContainer<>(STORE)
            .withEnv("COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS", RunningS3.BUCKET)
            .withExposedPorts(STORE_PORT)
            .waitingFor(Wait.forListeningPort());
    postgres.start();
    store.start();
    return new ContainerSurroundings(postgres, store);
  }

  @Override
  public String[] settings() {
    return new String[] {
      "--spring.datasource.url=" + postgres.getJdbcUrl(),
      "--spring.datasource.username=" + postgres.getUsername(),
      "--spring.datasource.password=" + postgres.getPassword(),
      "--greenformers.store.s3.bucket=" + RunningS3.BUCKET,
      "--greenformers.store.s3.endpoint=http://%s:%d"
          .formatted(store.getHost(), store.getMappedPort(STORE_PORT))
    };
  }

  @Override
  public Connection database() throws SQLException {
    return DriverManager.getConnection(
        postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
  }

  @Override
  public void close() {
    store.stop();
    postgres.stop();
  }
}
