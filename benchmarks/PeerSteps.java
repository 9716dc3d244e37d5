import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.ChildSettings;
import io.greenformers.protocol.child.EngineChild;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Steps per second of the recover stage with 1 and with several processes, which take turns; all weights
 * train, batches of 32 texts. {@code MODEL TOKENIZER TEXTS PROCESSES ROUNDS SECONDS [DEVICE]}.
 */
final class PeerSteps {
  private static final Pattern STEP = Pattern.compile("step (\\d+) of");

  /** The first ones grow the heap. */
  private static final int WARM_UP = 2;

  private static final int TEXTS = 640;

  private final Map<String, Path> artifacts = new HashMap<>();
  private final Path work = Files.createTempDirectory("peer-steps");
  private final String seconds;
  private final String device;

  /** Steps done, and when in nanoseconds. */
  private final List<long[]> heard = Collections.synchronizedList(new ArrayList<>());

  private PeerSteps(Path model, Path tokenizer, Path texts, String seconds, String device)
      throws IOException {
    this.seconds = seconds;
    this.device = device;
    Path some = work.resolve("train.tsv");
    try (var lines = Files.lines(texts)) {
      Files.write(some, lines.limit(TEXTS).toList());
    }
    artifacts.put("original/model.onnx", model);
    artifacts.put("data/train", some);
    artifacts.put("data/tokenizer", tokenizer);
  }

  public static void main(String[] args) throws Exception {
    PeerSteps steps =
        new PeerSteps(
            Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), args[5],
            args.length > 6 ? args[6] : "cpu");
    steps.run(Stage.FACTORIZE, "1").artifacts().forEach(name ->
        steps.artifacts.put(name, steps.work.resolve("factorize-1").resolve(name)));
    List<Double> alone = new ArrayList<>();
    List<Double> together = new ArrayList<>();
    for (int round = 0; round < Integer.parseInt(args[4]); round++) {
      alone.add(steps.rate("1"));
      together.add(steps.rate(args[3]));
      System.out.printf(
          "1 process %.2f steps/s, %s processes %.2f%n", alone.getLast(), args[3], together.getLast());
    }
    System.out.printf(
        "median: 1 process %.2f steps/s, %s processes %.2f, ratio %.2f%n",
        median(alone), args[3], median(together), median(together) / median(alone));
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  private double rate(String processes) throws Exception {
    heard.clear();
    run(Stage.RECOVER, processes);
    long[] first = heard.getFirst();
    long[] last = heard.getLast();
    return (last[0] - first[0]) * 1e9 / (last[1] - first[1]);
  }

  private void hear(ChildMessage.Progress progress) {
    Matcher step = STEP.matcher(progress.activity());
    if (step.find() && Long.parseLong(step.group(1)) > WARM_UP) {
      heard.add(new long[] {Long.parseLong(step.group(1)), System.nanoTime()});
    }
  }

  private ChildOutcome.Done run(Stage stage, String processes) throws Exception {
    Path output =
        Files.createDirectories(work.resolve((stage + "-" + processes).toLowerCase(Locale.ROOT)));
    ChildSettings settings =
        new ChildSettings(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .toList(),
            1024,
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            1 << 20);
    StageRequest request = new StageRequest(stage, request(processes), artifacts, output);
    try (ChildRun run = new EngineChild(settings).start(request, this::hear, System.err::println)) {
      ChildOutcome outcome = run.await();
      if (outcome instanceof ChildOutcome.Done done) {
        return done;
      }
      throw new IllegalStateException(outcome.toString());
    }
  }

  private CompressionRequest request(String processes) {
    return RequestDocument.parseJson(
        """
        {"model": "m", "solver": "svd",
         "ranks": {"policy": "uniform", "ratio": 0.5, "neverSlower": false, "kinds": ["linear"]},
         "data": {"train": "t", "tokenizer": "t", "format": "tsv", "task": "text-classification",
                  "columns": {"text": "sentence", "label": "label"}},
         "recovery": {"epochs": 100, "patience": 100, "processes": %s, "device": "%s", "maxDuration": "%ss"}}\
        """
            .formatted(processes, device, seconds));
  }
}
