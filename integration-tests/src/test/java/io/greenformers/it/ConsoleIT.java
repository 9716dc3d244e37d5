package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import io.greenformers.testing.Axe;
import io.greenformers.testing.Chromium;
import io.greenformers.testing.Chromium.Scheme;
import io.greenformers.testing.HostileNames;
import io.greenformers.testing.Tab;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The console of a service with login, as people use it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ConsoleIT {
  private static final int DESKTOP = 1280;
  private static final int PHONE = 390;
  private static final int HEIGHT = 900;
  private static final String MODEL = "/console/models/sha256:";
  private static final String COMPRESSION = "/console/compressions/";

  /** Ten pieces. */
  private static final int LARGE = 40_000_000;

  /** Of a page with all that it loads, but for what it embeds: a report has its own bound. */
  private static final int MOST_BYTES = 150_000;

  private static final int VISITS = 5;

  /** What a page weighs, uncompressed, with what it loads. */
  private static final String WEIGHT =
      """
      Promise.all(
          performance.getEntries()
              .filter(part => ['navigation', 'link', 'script', 'css', 'img'].includes(part.initiatorType))
              .map(part => fetch(part.name, {cache: 'reload'}).then(r => r.blob()).then(b => b.size)))
          .then(sizes => sizes.reduce((sum, size) => sum + size, 0))
      """;

  /** When all scripts of a page have run, in milliseconds. */
  private static final String USABLE =
      "Math.round(performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd)";

  private static final long SEED = 6;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir static Path directory;

  private static RunningService service;
  private static Chromium browser;
  private static GreenformersClient client;
  private static String key;
  private static String foreignKey;
  private static Tab tab;

  private static String model = "";

  /** Set by the first tests, for those after them. */
  private static String compression = "";

  @BeforeAll
  static void start() throws Exception {
    browser = Chromium.require(directory.resolve("profile"));
    Path data = directory.resolve("data");
    String operatorKey = RunningService.firstKey(data);
    service = RunningService.start(data, "--greenformers.access.login=true");
    GreenformersClient operator = service.client(operatorKey);
    key = operator.createKey("alice", "x", Set.of("read", "write"), HOUR).secret().orElseThrow();
    foreignKey = operator.createKey("bob", "x", Set.of("read"), HOUR).secret().orElseThrow();
    client = service.client(key);
    tab = browser.open(Scheme.LIGHT, DESKTOP, HEIGHT);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (service != null) {
      service.close();
    }
  }

  private static Tab go(String path) {
    return tab.go(service.url() + path);
  }

  private static void signIn(Tab who, String key) {
    who.go(service.url() + "/console/sign-in").write("#key", key).follow("Sign in");
  }

  @Test
  @Order(1)
  void whoHasNoKeyIsAskedForOneAndGoesOnToTheirPage() {
    go("/console/datasets").await("document.querySelector('#key')");
    tab.write("#key", "gf_000000000000_" + "A".repeat(43)).follow("Sign in");
    assertThat(tab.text()).contains("no valid key");
    assertThat(Axe.violations(tab)).isEmpty();
    tab.write("#key", key).follow("Sign in");
    assertThat(tab.path()).isEqualTo("/console/datasets");
    assertThat(tab.text()).contains("No datasets yet", "alice");
    assertThat(tab.evaluate("document.cookie").asString()).as("for scripts").isEmpty();
  }

  @Test
  @Order(2)
  void aModelThatIsDroppedIsSentInPiecesAndLookedInto() {
    go("/console/models");
    assertThat(tab.text()).contains("No models yet");
    tab.choose("#files", MainJobIT.BERT).click("form[data-upload] button");
    tab.await("location.pathname.startsWith('" + MODEL + "')");
    tab.await("document.querySelector('[data-expected]:not([hidden])')");
    model = client.uploadModel(MainJobIT.BERT).id();
    assertThat(tab.path()).isEqualTo("/console/models/" + model);
    assertThat(tab.text()).contains("Sites", "has not been compressed yet", "encoder");
    assertThat(tab.evaluate("Object.keys(localStorage).length").asInt())
        .as("what is kept of unfinished uploads")
        .isZero();
  }

  @Test
  @Order(3)
  void theSliderSaysWhatIsKnownAndWhatIsNot() {
    tab.write("#size", "100");
    assertThat(tab.text()).contains("about 100.0 %", "not known before it is measured");
    tab.write("#size", "5");
    assertThat(tab.evaluate("document.querySelector('[data-work]').textContent").asString())
        .isEqualTo("not known");
    assertThat(tab.text()).contains("5 %");
    tab.write("#size", "80").follow("Compress to this size");
    assertThat(tab.evaluate("document.querySelector('[name=sizeOther]').value").asString())
        .isEqualTo("80");
  }

  @Test
  @Order(4)
  void whatIsWrongIsSaidBesideItsField() {
    tab.write("[name=sizeOther]", "many").follow("Start");
    assertThat(tab.evaluate("document.querySelector('#size-error').textContent").asString())
        .contains("expected a number", "many");
    tab.write("[name=sizeOther]", "80").click("[name=accuracy][value='1']").follow("Start");
    assertThat(tab.evaluate("document.querySelector('#train-error').textContent").asString())
        .contains("labels");
    assertThat(Axe.violations(tab)).isEmpty();
  }

  @Test
  @Order(5)
  void aCompressionIsFollowedToItsReport() {
    tab.click("[name=accuracy][value='']").click("details summary");
    tab.write("#batchSizes", "1").write("#sequenceLengths", "8").follow("Start");
    assertThat(tab.path()).startsWith(COMPRESSION);
    compression = tab.path().substring(COMPRESSION.length());
    tab.await("document.querySelector('[data-stage=factorize].now')");
    tab.await("document.querySelector('iframe')");
    assertThat(tab.text())
        .contains("Passed", "of the size", "cosine of the outputs", "at most 80 % of the size");
    tab.await("!!window.frames[0]");
    assertThat(tab.evaluate("fetch(document.querySelector('iframe').src).then(r => r.text())"))
        .asString()
        .contains("<html");
    assertThat(
            tab.evaluate("document.querySelector('iframe').contentDocument === null").asBoolean())
        .as("the report is sandboxed")
        .isTrue();
  }

  @Test
  @Order(6)
  void twoCompressionsAreComparedAndFound() {
    Compression other =
        client.compress(
            CompressionRequest.of(model)
                .ranks(Ranks.uniform(0.3))
                .latencyGrid(List.of(1), List.of(8))
                .build());
    client.await(other.id(), PATIENCE, now -> {});
    go("/console/compressions?q=nowhere");
    assertThat(tab.text()).contains("Nothing was found");
    go("/console/compressions?q=MODEL.onnx&state=SUCCEEDED");
    tab.click("[value='" + compression + "']").click("[value='" + other.id() + "']");
    tab.follow("Compare two");
    assertThat(tab.text())
        .contains("bytes of all files", "speed-up at 1 x 8", "Sites whose rank differs");
  }

  @Test
  @Order(7)
  void theSameRequestRunsAgainAndIsCancelled() {
    go(COMPRESSION + compression).follow("Run the same request again");
    assertThat(tab.path()).startsWith(COMPRESSION).doesNotContain(compression);
    tab.follow("Cancel");
    assertThat(tab.text()).contains("Cancelled");
  }

  @Test
  @Order(8)
  void anUploadGoesOnAfterThePageWasLeft() throws Exception {
    byte[] bytes = new byte[LARGE];
    new Random(SEED).nextBytes(bytes);
    Path file = Files.write(directory.resolve("large.npz"), bytes);
    go("/console/datasets");
    tab.choose("#files", file).click("form[data-upload] button");
    tab.await("document.querySelector('progress').value > 0").click("[data-pause]");
    go("/console/datasets");
    assertThat(tab.text()).contains("Not all of large.npz has been sent. Choose it again");
    tab.choose("#files", file).click("form[data-upload] button");
    tab.await("document.querySelector('table')?.innerText.includes('large.npz')");
  }

  @Test
  @Order(9)
  void whatBelongsToOthersIsNotThere() {
    try (Tab foreign = browser.open(Scheme.LIGHT, DESKTOP, HEIGHT)) {
      signIn(foreign, foreignKey);
      foreign.go(service.url() + COMPRESSION + compression);
      assertThat(foreign.text()).contains("404", "Compression not found");
      foreign.go(service.url() + "/console/compressions");
      assertThat(foreign.text()).contains("No compressions yet").doesNotContain("New compression");
    }
  }

  @Test
  @Order(10)
  void hostileNamesAreText() throws Exception {
    String name = HostileNames.all().filter(ConsoleIT::isFileName).collect(Collectors.joining(" "));
    go("/console/datasets");
    int status =
        tab.evaluate(
                """
                (async () => {
                  const form = new FormData();
                  form.append("files", new File(["some text"], %s));
                  const answer = await fetch("/console/datasets", { method: "POST", body: form });
                  return answer.status;
                })()
                """
                    .formatted(json(name)))
            .asInt();
    assertThat(status).isEqualTo(200);
    for (String page : List.of("/console/datasets", "/console/compressions/new")) {
      go(page);
      assertThat(tab.text()).as(page).contains("<!--<script>-->");
      assertThat(
              tab.evaluate("document.querySelectorAll('main img, main iframe, main svg').length")
                  .asInt())
          .isZero();
      assertThat(tab.evaluate("document.title").asString()).endsWith("Greenformers");
    }
  }

  /** What can be sent as the name of a file; the pages' own test has the others too. */
  private static boolean isFileName(String name) {
    return name.chars().noneMatch(c -> c == '/' || Character.isISOControl(c))
        && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  private static String json(String text) {
    return new JsonMapper().writeValueAsString(text);
  }

  @Test
  @Order(11)
  void axeFindsNothingOnAnyPage() {
    for (Scheme scheme : Scheme.values()) {
      for (int width : new int[] {DESKTOP, PHONE}) {
        tab.in(scheme).sized(width, HEIGHT);
        for (String page : pages()) {
          go(page);
          assertThat(Axe.violations(tab)).as("%s, %s, %d", page, scheme, width).isEmpty();
          assertThat(tab.evaluate("document.documentElement.scrollWidth").asInt())
              .as("the width of %s", page)
              .isLessThanOrEqualTo(width);
        }
      }
    }
    tab.in(Scheme.LIGHT).sized(DESKTOP, HEIGHT);
  }

  private static List<String> pages() {
    return List.of(
        "/console/models",
        "/console/models/" + model,
        "/console/datasets",
        "/console/compressions",
        "/console/compressions/new",
        COMPRESSION + compression,
        "/console/nowhere");
  }

  /** Their times are printed, and depend on the machine. */
  @Test
  @Order(12)
  void pagesAreSmall() {
    for (String page : pages()) {
      int[] usable = new int[VISITS];
      for (int i = 0; i < VISITS; i++) {
        usable[i] = go(page).evaluate(USABLE).asInt();
      }
      Arrays.sort(usable);
      int bytes = tab.evaluate(WEIGHT).asInt();
      System.out.printf(
          "%s: %.1f KB, usable after %d ms (median of %d visits), %d ms at most%n",
          page.replaceAll("sha256:.*|\\p{XDigit}{8}-.*", "…"),
          bytes / 1000.0,
          usable[VISITS / 2],
          VISITS,
          usable[VISITS - 1]);
      assertThat(bytes).as(page).isBetween(10_000, MOST_BYTES);
    }
  }

  @Test
  @Order(13)
  void everythingCanBeReadAndSentWithoutScripts() {
    try (Tab plain = browser.open(Scheme.LIGHT, DESKTOP, HEIGHT).withoutScripts()) {
      signIn(plain, key);
      plain.go(service.url() + "/console/models/" + model);
      assertThat(plain.text()).contains("energy retained", "Sites", "slowest shape");
      plain.go(service.url() + COMPRESSION + compression);
      assertThat(plain.text()).contains("Passed", "model.onnx");
      plain.go(service.url() + "/console/models");
      plain.choose("#files", MainJobIT.BERT).follow("Upload");
      assertThat(plain.path()).isEqualTo("/console/models/" + model);
    }
  }

  @Test
  @Order(14)
  void whoSignedOutIsOut() {
    go("/console/models").follow("Sign out");
    assertThat(tab.path()).isEqualTo("/console/sign-in");
    go("/console/models").await("document.querySelector('#key')");
  }
}
