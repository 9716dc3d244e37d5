package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.FileSize;
import io.greenformers.core.plan.Planner;
import io.greenformers.core.plan.RankPolicy;
import io.greenformers.core.plan.SiteFilter;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real exports and awkward models: at full rank nothing may change, at half the weights all run.
 */
final class FullRankConformanceTest {
  private static final Path SHARED = Path.of("..", "..", "shared");

  /** fp32 products in another order; of the largest magnitude of an output. */
  private static final double TOLERANCE = 1e-4;

  /** Factors rounded to ten bits of mantissa. */
  private static final double HALF_TOLERANCE = 2e-2;

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> models() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(SHARED), "skipped: the conformance models are not on this machine");
    List<Path> cases = new ArrayList<>();
    for (String suite : List.of("zoo", "cases/tricky")) {
      try (Stream<Path> all = Files.list(SHARED.resolve(suite))) {
        all.sorted().forEach(cases::add);
      }
    }
    return cases.stream()
        .map(c -> DynamicTest.dynamicTest(c.getFileName().toString(), () -> check(c)));
  }

  private void check(Path model) throws IOException {
    Path full = Files.createTempDirectory(directory, "full");
    Path half = Files.createTempDirectory(directory, "half");
    CompressionPlan plan = factorize(model, new RankPolicy.Full(), full);
    CompressionPlan halfPlan = factorize(model, new RankPolicy.Uniform(0.5), half);
    Parity parity = Parity.NONE;
    boolean isHalf = plan.decisions().keySet().stream().anyMatch(s -> s.type() == DataType.FLOAT16);
    try (ModelSession session = ModelSession.open(full.resolve("model.onnx"), Optimization.NONE);
        ModelSession fused = ModelSession.open(full.resolve("fused.onnx"), Optimization.ALL);
        ModelSession small = ModelSession.open(half.resolve("model.onnx"), Optimization.ALL)) {
      for (Path data : dataSets(model)) {
        Map<String, Tensor> inputs = tensors(data, "input", names(session));
        Map<String, Tensor> outputs = session.run(inputs);
        Map<String, Tensor> reference = tensors(data, "output", List.copyOf(outputs.keySet()));
        parity = parity.with(reference, outputs).with(reference, fused.run(inputs));
        assertThat(small.run(inputs).keySet()).isEqualTo(reference.keySet());
      }
    }
    System.out.printf(
        "%-38s sites %3d, factorized %3d at full rank, %3d at ratio 0.5; max relative %.1e%n",
        model.getFileName(),
        plan.decisions().size(),
        plan.ranks().size(),
        halfPlan.ranks().size(),
        parity.maxRelative());
    Map<String, Long> reasons =
        halfPlan.decisions().values().stream()
            .filter(d -> d instanceof io.greenformers.core.plan.Decision.Keep)
            .collect(Collectors.groupingBy(d -> d.reason(), Collectors.counting()));
    reasons.forEach((reason, count) -> System.out.printf("    kept %d: %s%n", count, reason));
    assertThat(parity.batches()).isPositive();
    assertThat(parity.maxRelative()).isLessThanOrEqualTo(isHalf ? HALF_TOLERANCE : TOLERANCE);
  }

  private CompressionPlan factorize(Path directory, RankPolicy policy, Path output)
      throws IOException {
    ModelFiles files = new ModelFiles(directory.resolve("model.onnx"), external(directory));
    OnnxModel model = ModelReader.read(files, this.directory);
    try (var weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      List<Site> sites = SiteFinder.find(model, index);
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Map<Site, String> objections = new LinkedHashMap<>();
      Map<Site, Spectrum> spectra = new LinkedHashMap<>();
      Map<Site, FactorSource.FullRank> full = new LinkedHashMap<>();
      for (Site site : sites) {
        SiteFilter.ALL.objection(site).ifPresent(o -> objections.put(site, o));
        if (!objections.containsKey(site)) {
          full.put(site, source.decompose(site));
          spectra.put(site, full.get(site).spectrum());
        }
      }
      CompressionPlan plan =
          new Planner(policy, 1, new FileSize(1, 1, site -> 0)).plan(sites, objections, spectra);
      Map<Site, Factors> factors = new LinkedHashMap<>();
      plan.ranks()
          .forEach(
              (s, r) -> factors.put(s, source.truncate(s, Objects.requireNonNull(full.get(s)), r)));
      OnnxModel rewritten = new FactorizePass(index, factors).apply(model).model();
      assertSameSignature(model, rewritten);
      OnnxModel attentive = new FuseAttentionPass().apply(rewritten).model();
      OnnxModel fused = new FuseSkipNormPass().apply(attentive).model();
      assertSameSignature(model, fused);
      ModelWriter.write(fused, output, "fused.onnx");
      ModelFiles written = ModelWriter.write(rewritten, output, "model.onnx");
      ModelReader.read(written, this.directory).weights().close();
      return plan;
    }
  }

  private static void assertSameSignature(OnnxModel before, OnnxModel after) {
    assertThat(after.proto().getGraph().getOutputList())
        .isEqualTo(before.proto().getGraph().getOutputList());
    if (!before.initializersAreInputs()) {
      assertThat(after.proto().getGraph().getInputList())
          .isEqualTo(before.proto().getGraph().getInputList());
    }
  }

  private static Map<String, Path> external(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(f -> f.toString().endsWith(".bin"))
          .collect(Collectors.toMap(f -> f.getFileName().toString(), f -> f));
    }
  }

  private static List<Path> dataSets(Path model) throws IOException {
    try (Stream<Path> all = Files.list(model)) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<String> names(ModelSession session) {
    return session.inputs().stream().map(i -> i.name()).toList();
  }

  private static Map<String, Tensor> tensors(Path data, String prefix, List<String> names)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; Files.exists(data.resolve(prefix + "_" + i + ".pb")); i++) {
      byte[] bytes = Files.readAllBytes(data.resolve(prefix + "_" + i + ".pb"));
      TensorProto proto = TensorProto.parseFrom(bytes);
      String name = proto.getName().isEmpty() ? names.get(i) : proto.getName();
      ByteBuffer raw =
          ByteBuffer.allocateDirect(proto.getRawData().size()).order(ByteOrder.nativeOrder());
      proto.getRawData().copyTo(raw);
      ElementType type = ElementType.valueOf(DataType.of(proto.getDataType()).orElseThrow().name());
      tensors.put(name, new Tensor(type, proto.getDimsList(), raw.flip()));
    }
    return tensors;
  }
}
