package io.greenformers.it;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * The database and the store that a suite runs on: containers where Docker is, else processes of
 * this machine. The suite is the same.
 */
sealed interface Surroundings extends AutoCloseable
    permits ContainerSurroundings, ProcessSurroundings {
  /** Starts what this machine can, and says which. */
  static Surroundings start(Path directory) throws Exception {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    System.out.println(
        docker
            ? "environment: PostgreSQL and S3 in containers"
            : "environment: embedded PostgreSQL and an S3 server process, since no Docker answers here");
    return docker ? ContainerSurroundings.start() : ProcessSurroundings.start(directory);
  }

  /** The settings with which a service uses them. */
  String[] settings();

  /** The environment that a service needs for it. */
  default Map<String, String> environment() {
    return Map.of("AWS_ACCESS_KEY_ID", "any", "AWS_SECRET_ACCESS_KEY", "any");
  }

  /** A connection to the database, as the service's user. */
  Connection database() throws SQLException;

  @Override
  void close() throws Exception;
}
