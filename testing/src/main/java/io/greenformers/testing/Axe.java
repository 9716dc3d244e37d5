package io.greenformers.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;

/** axe-core, the accessibility checker. */
public final class Axe {
  private static final String POM = "/META-INF/maven/org.webjars.npm/axe-core/pom.properties";
  private static final String RUN =
      """
      axe.run({resultTypes: ["violations"]}).then(result => result.violations
        .map(v => v.id + ": " + v.nodes.map(n => n.target).join(", ")).join("; "))
      """;

  private Axe() {}

  /** What axe finds wrong with a page, in a line; empty where it finds nothing. */
  public static String violations(Tab tab) {
    tab.evaluate(script());
    return tab.evaluate(RUN).asString();
  }

  private static String script() {
    try (InputStream pom = open(POM)) {
      Properties properties = new Properties();
      properties.load(pom);
      String path =
          "/META-INF/resources/webjars/axe-core/%s/axe.min.js"
              .formatted(properties.getProperty("version"));
      try (InputStream in = open(path)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8) + ";0";
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String path) {
    return Objects.requireNonNull(Axe.class.getResourceAsStream(path), path);
  }
}
