package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Runs two models, one after the other, on the same inputs. */
final class Comparison {
  private static final int BATCH = 2;
  private static final int BATCHES = 3;

  /** Tokens, then frames, then samples: speech models need a certain length. */
  private static final int[] LENGTHS = {16, 512, 4096};

  private Comparison() {}

  /** What both models are run on; made from what the first one says it takes. */
  interface Inputs {
    List<Map<String, Tensor>> of(ModelSession session);
  }

  static Inputs random(GraphIndex index, long seed) {
    return session -> {
      requireShapes(index);
      RandomInputs random = new RandomInputs(session.inputs(), TokenBounds.of(index), seed);
      int length = length(session, random);
      List<Map<String, Tensor>> inputs = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        inputs.add(random.next(BATCH, length));
      }
      ifItRuns(session, random.next(BATCH + 1, length)).ifPresent(inputs::add);
      ifItRuns(session, random.next(BATCH, length + length / 2)).ifPresent(inputs::add);
      return inputs;
    };
  }

  /** Those, and the longest of some lengths that the first model runs at. */
  static Inputs random(GraphIndex index, long seed, List<Integer> lengths) {
    Inputs shorter = random(index, seed);
    return session -> {
      RandomInputs random = new RandomInputs(session.inputs(), TokenBounds.of(index), seed + 1);
      List<Map<String, Tensor>> inputs = new ArrayList<>(shorter.of(session));
      lengths.stream()
          .sorted(Comparator.reverseOrder())
          .flatMap(length -> ifItRuns(session, random.next(1, length)).stream())
          .findFirst()
          .ifPresent(inputs::add);
      return inputs;
    };
  }

  /** ONNX allows inputs of any number of axes, of which nothing can be made up. */
  private static void requireShapes(GraphIndex index) {
    index.graph(0).getInputList().stream()
        .filter(input -> index.initializer(new Value(0, input.getName())).isEmpty())
        .filter(input -> input.getType().hasTensorType())
        .filter(input -> !input.getType().getTensorType().hasShape())
        .findFirst()
        .ifPresent(input -> {
          throw new UnrunnableModelException(
              "expected inputs with shapes, found '%s' declared without one; export the model with its axes, which may be dynamic"
                  .formatted(input.getName()));
        });
  }

  /** The difference of outputs, both models at the same optimisation level. */
  static Parity parity(Path reference, Path other, Inputs inputs, Optimization optimization) {
    Parity parity = Parity.NONE;
    for (Pair pair : run(reference, other, inputs, optimization)) {
      parity = parity.with(pair.first(), pair.second());
    }
    return parity;
  }

  static Fidelity fidelity(Path original, Path compressed, Inputs inputs) {
    Fidelity fidelity = new Fidelity();
    run(original, compressed, inputs, Optimization.NONE)
        .forEach(p -> fidelity.add(p.first(), p.second()));
    return fidelity;
  }

  private record Pair(Map<String, Tensor> first, Map<String, Tensor> second) {}

  private static List<Pair> run(Path first, Path second, Inputs source, Optimization optimization) {
    List<Map<String, Tensor>> inputs;
    List<Map<String, Tensor>> outputs;
    try (ModelSession session = ModelSession.open(first, optimization)) {
      inputs = source.of(session);
      outputs = inputs.stream().map(session::run).toList();
    }
    List<Pair> pairs = new ArrayList<>();
    try (ModelSession session = ModelSession.open(second, optimization)) {
      for (int i = 0; i < inputs.size(); i++) {
        pairs.add(new Pair(outputs.get(i), session.run(inputs.get(i))));
      }
    }
    return pairs;
  }

  /** Other batches and lengths, where the model takes them. */
  private static Optional<Map<String, Tensor>> ifItRuns(
      ModelSession session, Map<String, Tensor> inputs) {
    try {
      session.run(inputs);
      return Optional.of(inputs);
    } catch (UnrunnableModelException e) {
      return Optional.empty();
    }
  }

  private static int length(ModelSession session, RandomInputs random) {
    UnrunnableModelException last = null;
    for (int length : LENGTHS) {
      try {
        session.run(random.next(BATCH, length));
        return length;
      } catch (UnrunnableModelException e) {
        last = e;
      }
    }
    throw new UnrunnableModelException(
        "expected a model that runs on random inputs, in batches of %d and of one of the lengths %s, found none of them to run; the last says: %s"
            .formatted(BATCH, Arrays.toString(LENGTHS), Objects.requireNonNull(last).getMessage()),
        last);
  }
}
