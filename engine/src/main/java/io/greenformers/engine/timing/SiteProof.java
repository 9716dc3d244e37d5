package io.greenformers.engine.timing;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.rewrite.ExactFactors;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.engine.timing.SiteGraph.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proves the rewrite of one site at a time, for models that are too large to be run: the nodes that
 * use its weight are cut out and run with the weight, and with exact factors of it.
 *
 * <p>Holds one site's weight and factors at a time, per thread that asks. Thread-safe.
 */
public final class SiteProof {
  private static final int BATCH = 2;

  /** Tokens, then frames, then samples: what the model runs at decides. */
  private static final int[] LENGTHS = {16, 512, 4096};

  private static final long SEED = 37;

  private final OnnxModel model;
  private final GraphIndex index;
  private final OperandShapes shapes;
  private final Path scratch;
  private final Rewrite rewrite;

  private SiteProof(
      OnnxModel model, GraphIndex index, OperandShapes shapes, Path scratch, Rewrite rewrite) {
    this.model = model;
    this.index = index;
    this.shapes = shapes;
    this.scratch = scratch;
    this.rewrite = rewrite;
  }

  /** What is to be proven; {@link #FACTORIZE} but in tests. */
  @FunctionalInterface
  interface Rewrite {
    Rewrite FACTORIZE =
        (cut, index, factors) -> new FactorizePass(index, factors).apply(cut).model();

    OnnxModel apply(OnnxModel cut, GraphIndex index, Map<Site, Factors> factors);
  }

  /** What came of it. */
  public sealed interface Finding {
    /** The site ran, dense and with factors; how far they differ. */
    record Compared(Parity parity) implements Finding {}

    /** Its weight cannot be used, or it cannot be run alone, so that nothing is known. */
    record Unproven(String reason) implements Finding {}
  }

  /**
   * Asks for the shapes of what the sites read.
   *
   * @param outline a model with the same signature and shapes, see {@link WeightlessModel}
   * @param scratch an existing directory
   */
  public static SiteProof of(
      OnnxModel model, GraphIndex index, Collection<Site> sites, Path outline, Path scratch) {
    return of(model, index, sites, outline, scratch, Rewrite.FACTORIZE);
  }

  static SiteProof of(
      OnnxModel model,
      GraphIndex index,
      Collection<Site> sites,
      Path outline,
      Path scratch,
      Rewrite rewrite) {
    Set<Value> read = new LinkedHashSet<>();
    sites.stream()
        .filter(s -> SiteTimings.obstacle(s).isEmpty())
        .forEach(s -> read.addAll(new SiteNodes(index, s).computed()));
    OperandShapes shapes = OperandShapes.of(model, index, outline, read, grid(LENGTHS[0]));
    for (int i = 1; i < LENGTHS.length && shapes.refusal().isPresent(); i++) {
      shapes = OperandShapes.of(model, index, outline, read, grid(LENGTHS[i]));
    }
    return new SiteProof(model, index, shapes, scratch, rewrite);
  }

  private static List<GridShape> grid(int length) {
    return List.of(
        new GridShape(BATCH, length),
        new GridShape(BATCH + 1, length),
        new GridShape(BATCH, length + length / 2));
  }

  /** Compares a site with its exact factors, at all shapes and both optimisation levels. */
  public Finding prove(Site site) {
    Optional<String> obstacle = shapes.refusal().or(() -> SiteTimings.obstacle(site));
    if (obstacle.isPresent()) {
      return unproven(obstacle.get());
    }
    try (ScratchDirectory directory = ScratchDirectory.in(scratch, "proof-")) {
      SiteCase cut = new SiteCase(model, index, site, shapes);
      Path dense = dense(site, cut, directory.path());
      Path factorized = factorized(dense, directory.path());
      Parity parity = Parity.NONE;
      for (Optimization optimization : Optimization.values()) {
        parity = parity.and(compare(dense, factorized, inputs(cut), optimization));
      }
      return new Finding.Compared(parity);
    } catch (UnrunnableModelException e) {
      return unproven("it does not run alone: " + e.getMessage());
    } catch (DecompositionException e) {
      return new Finding.Unproven(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Finding unproven(String reason) {
    return new Finding.Unproven("its rewrite cannot be proven: " + reason);
  }

  private Path dense(Site site, SiteCase cut, Path directory) throws IOException {
    try (FileChannel weights =
        FileChannel.open(
            directory.resolve(SiteGraph.WEIGHTS),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      model.weights().write(site.tensor(), weights);
    }
    SiteGraph graph = cut.graph(SiteGraph.Yield.VALUES);
    return Files.write(directory.resolve("dense.onnx"), graph.build(cut.inputs(), 1).toByteArray());
  }

  private Path factorized(Path dense, Path directory) throws IOException {
    Map<String, Path> data = Map.of(SiteGraph.WEIGHTS, directory.resolve(SiteGraph.WEIGHTS));
    OnnxModel cut = ModelReader.read(new ModelFiles(dense, data), directory);
    try (WeightStore weights = cut.weights()) {
      GraphIndex cutIndex = GraphIndex.of(cut);
      Map<Site, Factors> factors = new LinkedHashMap<>();
      ExactFactors exact = new ExactFactors(weights);
      SiteFinder.find(cut, cutIndex).stream()
          .filter(s -> SiteGraph.isWeight(s.weight().name()) && s.obstacle().isEmpty())
          .forEach(s -> factors.put(s, exact.of(s)));
      if (factors.isEmpty()) {
        throw new UnrunnableModelException("its weight is no site there");
      }
      Path target = Files.createDirectory(directory.resolve("factorized"));
      return ModelWriter.write(rewrite.apply(cut, cutIndex, factors), target, "factorized.onnx")
          .model();
    }
  }

  /** One after the other: only one of both is loaded at a time. */
  private static Parity compare(
      Path dense, Path factorized, List<Map<String, Tensor>> inputs, Optimization optimization) {
    List<Map<String, Tensor>> reference = new ArrayList<>();
    try (ModelSession session = ModelSession.open(dense, optimization)) {
      inputs.forEach(i -> reference.add(session.run(i)));
    }
    Parity parity = Parity.NONE;
    try (ModelSession session = ModelSession.open(factorized, optimization)) {
      for (int i = 0; i < inputs.size(); i++) {
        parity = parity.with(reference.get(i), session.run(inputs.get(i)));
      }
    }
    return parity;
  }

  private List<Map<String, Tensor>> inputs(SiteCase cut) {
    RandomTensors random = new RandomTensors(SEED);
    List<Map<String, Tensor>> all = new ArrayList<>();
    for (GridShape at : shapes.grid()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      int position = 0;
      for (Input input : cut.inputs(at).values()) {
        tensors.put(
            SiteGraph.input(position++),
            random.input(input.type(), input.shape(), cut.tokenBound()));
      }
      all.add(tensors);
    }
    return all;
  }
}
