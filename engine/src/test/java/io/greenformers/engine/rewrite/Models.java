package io.greenformers.engine.rewrite;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads, rewrites, writes and compares models in a directory. */
record Models(Path directory) {
  private static final int[] BATCHES = {1, 3};
  private static final int SEQUENCE = 5;

  OnnxModel read(ModelProto model) throws IOException {
    Path file = Files.createTempFile(directory, "model", ".onnx");
    Files.write(file, model.toByteArray());
    return read(file);
  }

  OnnxModel read(Path file) throws IOException {
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  Path write(OnnxModel model) throws IOException {
    Path written = Files.createTempDirectory(directory, "written");
    return ModelWriter.write(model, written, "model.onnx").model();
  }

  static List<Site> sites(OnnxModel model) {
    return SiteFinder.find(model, GraphIndex.of(model));
  }

  static Factors fullRank(OnnxModel model, Site site) {
    return new FactorSource(model.weights(), SvdSolver.best()).decompose(site).factors();
  }

  /** The factors of every site that can be replaced, at full rank. */
  static Map<Site, Factors> fullRank(OnnxModel model, List<Site> sites) {
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    Map<Site, Factors> factors = new LinkedHashMap<>();
    for (Site site : sites) {
      if (site.obstacle().isEmpty()) {
        factors.put(site, source.decompose(site).factors());
      }
    }
    return factors;
  }

  /** The model with every site factorized at full rank. */
  static OnnxModel factorized(OnnxModel model) {
    GraphIndex index = GraphIndex.of(model);
    List<Site> sites = SiteFinder.find(model, index);
    return new FactorizePass(index, fullRank(model, sites)).apply(model).model();
  }

  /**
   * Runs both on the same random inputs of several batches and lengths; the second one without and
   * with ONNX Runtime's optimisations.
   */
  Parity parity(OnnxModel reference, OnnxModel other) throws IOException {
    Path first = write(reference);
    Path second = write(other);
    Parity parity = Parity.NONE;
    try (ModelSession expected = ModelSession.open(first, Optimization.NONE);
        ModelSession plain = ModelSession.open(second, Optimization.NONE);
        ModelSession optimised = ModelSession.open(second, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(expected.inputs(), TokenBounds.of(GraphIndex.of(reference)), 7);
      for (int batch : BATCHES) {
        Map<String, Tensor> input = inputs.next(batch, SEQUENCE * batch);
        Map<String, Tensor> output = expected.run(input);
        parity = parity.with(output, plain.run(input)).with(output, optimised.run(input));
      }
    }
    return parity;
  }
}
