package io.greenformers.engine.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** axe-core, the accessibility checker, put into a page. */
final class Axe {
  private static final String RUN =
      """
      axe.run({resultTypes: ["violations"]}).then(result => {
        document.title = "axe: " + result.violations.length + " violations"
          + result.violations.map(v => "; " + v.id + ": " + v.nodes.map(n => n.target).join(", ")).join("");
      });
      """;

  private Axe() {}

  /** The page, which then says in its title what axe found; its security policy is taken off. */
  static String in(String page) throws IOException {
    return page.replaceFirst("<meta http-equiv[^>]*>", "")
        .replace("</body>", "<script>" + script() + "</script><script>" + RUN + "</script></body>");
  }

  private static String script() throws IOException {
    String path =
        "/META-INF/resources/webjars/axe-core/%s/axe.min.js"
            .formatted(System.getProperty("axe.version"));
    try (InputStream in = Objects.requireNonNull(Axe.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("</script", "<\\/script");
    }
  }
}
