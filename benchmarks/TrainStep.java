import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.op.ExecutorSettings;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.op.Outputs;
import io.greenformers.engine.recovery.AdamW;
import io.greenformers.engine.torch.Autocast;
import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Times training steps of a classifier, all initializers training, batch 8 × 64 tokens: forward, loss,
 * backward, AdamW. Plain, with libtorch's optimizer, and with fused patterns and the optimizer of the
 * recovery take turns, so that both see the same machine.
 *
 * <p>{@code MODEL_DIRECTORY ROUNDS}: each round is ten steps of both. {@code MODEL_DIRECTORY memory
 * STEPS}: the resident size after 100 and after all steps, with fused patterns. {@code
 * MODEL_DIRECTORY device ROUNDS}: fp32 against bf16 where products may take it, on a GPU if there is one.
 */
final class TrainStep {
  private static final int BATCH = 8;
  private static final int TOKENS = 64;
  private static final int STEPS = 10;
  private static final int VOCABULARY = 30_000;

  public static void main(String[] args) throws IOException {
    Path scratch = Files.createTempDirectory("train-step");
    OnnxModel model = ModelReader.read(ModelFiles.of(Path.of(args[0], "model.onnx")), scratch);
    Set<String> initializers =
        model.proto().getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    ExecutorSettings settings =
        ExecutorSettings.inference(ComputeDevice.CPU).training(initializers::contains);
    if (args[1].equals("device")) {
      types(model, initializers, Integer.parseInt(args[2]));
      return;
    }
    try (var weights = model.weights();
        Trainer fused = Trainer.fused(model, settings)) {
      if (args[1].equals("memory")) {
        memory(fused, Integer.parseInt(args[2]));
        return;
      }
      try (Trainer plain = Trainer.plain(model, settings)) {
        compare(plain, fused, Integer.parseInt(args[1]));
      }
    }
  }

  private static void types(OnnxModel model, Set<String> initializers, int rounds) {
    ComputeDevice device = ComputeDevice.best();
    ExecutorSettings settings =
        ExecutorSettings.inference(device).training(initializers::contains);
    try (var weights = model.weights();
        Trainer trainer = Trainer.fused(model, settings)) {
      trainer.steps(STEPS);
      double[] single = new double[rounds];
      double[] half = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        single[i] = trainer.steps(STEPS);
        try (Torch.Guard bfloat16 = Autocast.bfloat16(device)) {
          half[i] = trainer.steps(STEPS);
        }
      }
      Arrays.sort(single);
      Arrays.sort(half);
      System.out.printf(
          "%s: fp32 %.1f ms, bf16 %.1f ms a step (medians of %d)%n",
          device, single[rounds / 2], half[rounds / 2], rounds);
    }
  }

  private static void compare(Trainer plain, Trainer fused, int rounds) {
    // the heap grows to what both need
    for (int i = 0; i < 3; i++) {
      plain.steps(STEPS);
      fused.steps(STEPS);
    }
    double[] plainMs = new double[rounds];
    double[] fusedMs = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      plainMs[i] = plain.steps(STEPS);
      fusedMs[i] = fused.steps(STEPS);
      System.out.printf("plain %.0f ms, fused %.0f ms a step%n", plainMs[i], fusedMs[i]);
    }
    Arrays.sort(plainMs);
    Arrays.sort(fusedMs);
    double p = plainMs[rounds / 2];
    double f = fusedMs[rounds / 2];
    System.out.printf("median: plain %.0f ms, fused %.0f ms, ratio %.3f%n", p, f, f / p);
  }

  private static void memory(Trainer trainer, int steps) throws IOException {
    long early = 0;
    for (int step = 100; step <= steps; step += 100) {
      trainer.steps(100);
      long resident = residentKilobytes();
      early = early == 0 ? resident : early;
      MemoryMXBean java = ManagementFactory.getMemoryMXBean();
      System.out.printf(
          "after %4d steps: resident %d MB, %.4f of that after 100; Java's heap %d MB, other %d MB%n",
          step,
          resident >> 10,
          (double) resident / early,
          java.getHeapMemoryUsage().getCommitted() >> 20,
          java.getNonHeapMemoryUsage().getCommitted() >> 20);
    }
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static final class Trainer implements AutoCloseable {
    private static final double RATE = 1e-5;
    private static final double DECAY = 0.01;

    private final GraphExecutor executor;
    private final Runnable update;
    private final Map<String, Tensor> feeds;
    private final Tensor labels;

    static Trainer plain(OnnxModel model, ExecutorSettings settings) {
      GraphExecutor executor = GraphExecutor.of(model, settings.plain());
      Tensor[] parameters = executor.parameters().values().toArray(Tensor[]::new);
      var optimizer =
          new org.bytedeco.pytorch.AdamW(new TensorVector(parameters), new AdamWOptions(RATE));
      return new Trainer(
          executor,
          settings.device(),
          () -> {
            optimizer.step();
            optimizer.zero_grad();
          });
    }

    static Trainer fused(OnnxModel model, ExecutorSettings settings) {
      GraphExecutor executor = GraphExecutor.of(model, settings);
      AdamW optimizer = new AdamW(executor.parameters(), DECAY);
      return new Trainer(executor, settings.device(), () -> optimizer.step(RATE));
    }

    private Trainer(GraphExecutor executor, ComputeDevice device, Runnable update) {
      this.executor = executor;
      this.update = update;
      Torch.seed(0);
      TensorOptions longs = new TensorOptions(torch.ScalarType.Long);
      feeds =
          Map.of(
              "input_ids", device.place(torch.randint(VOCABULARY, new long[] {BATCH, TOKENS}, longs)),
              "attention_mask", device.place(torch.ones(new long[] {BATCH, TOKENS}, longs)));
      labels = device.place(torch.randint(2, new long[] {BATCH}, longs));
    }

    /** Milliseconds of one of so many steps. */
    double steps(int count) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        try (Scope scope = new Scope();
            Outputs outputs = executor.run(feeds, Set.of("logits"))) {
          Tensor loss = torch.cross_entropy_loss(outputs.get("logits"), labels);
          loss.backward();
          update.run();
          if (i == count - 1) {
            // a device works on behind the call: its last value ends the time
            loss.item_float();
          }
        }
      }
      return (System.nanoTime() - start) / 1e6 / count;
    }

    @Override
    public void close() {
      executor.close();
    }
  }
}
