package io.greenformers.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tab of a browser. Not thread-safe. */
public final class Tab implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_MILLIS = 20;

  private final DevTools tools;
  private final String session;
  private final String target;

  Tab(DevTools tools, String session, String target) {
    this.tools = tools;
    this.session = session;
    this.target = target;
  }

  /** Gives the page a size, in CSS pixels. */
  public Tab sized(int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    return this;
  }

  /** Prefers dark or light. */
  public Tab in(Chromium.Scheme scheme) {
    Map<String, String> feature =
        Map.of("name", "prefers-color-scheme", "value", scheme.name().toLowerCase(Locale.ROOT));
    send("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    return this;
  }

  /** Runs no scripts of pages from now on. */
  public Tab withoutScripts() {
    send("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    return this;
  }

  /** Opens an address, and waits until all of it is there. */
  public Tab go(String address) {
    send("Page.navigate", Map.of("url", address));
    return await("document.readyState === 'complete'");
  }

  /**
   * What an expression is in the page; promises are waited for. Policies of the page do not hold.
   */
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(answer.path("exceptionDetails").toString());
    }
    return answer.at("/result/value");
  }

  /**
   * Waits until an expression holds.
   *
   * @throws AssertionError if it does not, after a minute; it quotes the page
   */
  public Tab await(String expression) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (holds(expression)) {
        return this;
      }
      pause();
    }
    throw new AssertionError("%s does not come true in:%n%s".formatted(expression, text()));
  }

  /** A page that is just being replaced answers with errors. */
  private boolean holds(String expression) {
    try {
      return evaluate("!!(" + expression + ")").asBoolean();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Where it is, without the host. */
  public String path() {
    return evaluate("location.pathname").asString();
  }

  /** What can be read. */
  public String text() {
    return evaluate("document.body.innerText").asString();
  }

  /** The page as it is now. */
  public String html() {
    return evaluate("document.documentElement.outerHTML").asString();
  }

  /** Clicks the element that a selector finds. */
  public Tab click(String selector) {
    evaluate("document.querySelector(%s).click()".formatted(quote(selector)));
    return this;
  }

  /** Clicks a button or link by its text, and waits for the page that follows. */
  public Tab follow(String text) {
    evaluate("window.isOld = true");
    evaluate(
        "[...document.querySelectorAll('main a, button')].find(e => e.textContent.trim() === %s).click()"
            .formatted(quote(text)));
    return await("!window.isOld && document.readyState === 'complete'");
  }

  /** Writes into the field that a selector finds. */
  public Tab write(String selector, String value) {
    evaluate(
        """
        (field => {
          field.value = %s;
          for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, {bubbles: true}));
        })(document.querySelector(%s))
        """
            .formatted(quote(value), quote(selector)));
    return this;
  }

  /** Chooses files in the field that a selector finds. */
  public Tab choose(String selector, Path... files) {
    JsonNode root = send("DOM.getDocument", Map.of());
    int node =
        send(
                "DOM.querySelector",
                Map.of("nodeId", root.at("/root/nodeId").asInt(), "selector", selector))
            .path("nodeId")
            .asInt();
    List<String> paths =
        Arrays.stream(files).map(f -> f.toAbsolutePath().normalize().toString()).toList();
    send("DOM.setFileInputFiles", Map.of("files", paths, "nodeId", node));
    return this;
  }

  /** Saves a picture of the whole page (PNG). */
  public Tab picture(Path file) {
    JsonNode picture = send("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
    try {
      Files.write(file, Base64.getDecoder().decode(picture.path("data").asString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  static String quote(String text) {
    return JSON.writeValueAsString(text);
  }

  private JsonNode send(String method, Map<String, ?> parameters) {
    return tools.send(session, method, parameters);
  }

  static void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    tools.send("", "Target.closeTarget", Map.of("targetId", target));
  }
}
