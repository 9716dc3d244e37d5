package io.greenformers.service.operation;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * Asks a service whether it is well, for health checks of containers, whose images have no other
 * program that could. Uses what starts fastest.
 */
public final class HealthCommand {
  private static final int MOST_MILLIS = Math.toIntExact(Duration.ofSeconds(10).toMillis());

  private HealthCommand() {}

  /** Asks a URL; the status is 0 if it answers with 200, else 1. */
  public static void main(String[] url) {
    System.exit(url.length == 1 && isWell(url[0]) ? 0 : 1);
  }

  static boolean isWell(String url) {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(MOST_MILLIS);
      connection.setReadTimeout(MOST_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }
}
