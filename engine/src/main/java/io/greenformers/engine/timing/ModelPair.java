package io.greenformers.engine.timing;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Times a model against its original, whole, in turn. */
public final class ModelPair {
  private static final int MOST_SESSIONS = 3;
  private static final long SEED = 31;

  private final Path original;
  private final GraphIndex index;
  private final Bound bound;

  /**
   * How slow is too slow.
   *
   * @param mostRatio of compressed / original, at the worst shape
   * @param perShape about how long one shape may be measured
   */
  public record Bound(double mostRatio, Duration perShape) {
    /** No slower, as far as a measurement of a second can tell on a busy machine. */
    public static final Bound DEFAULT = new Bound(1.02, Duration.ofSeconds(1));
  }

  /**
   * Prepares.
   *
   * @param original its file
   * @param index of the original
   */
  public ModelPair(Path original, GraphIndex index, Bound bound) {
    this.original = original;
    this.index = index;
    this.bound = bound;
  }

  /**
   * Measures. Shapes that seem slow are measured again in new sessions: on a busy machine the
   * threads of one session may have got the worse processor for as long as it lives.
   *
   * @param progress is told the shape that is next
   * @throws io.greenformers.engine.runtime.UnrunnableModelException if a model does not run at one
   */
  public Map<GridShape, PairTiming> measure(
      Path compressed, List<GridShape> grid, Consumer<GridShape> progress) {
    Map<GridShape, PairTiming> latency = new LinkedHashMap<>();
    List<GridShape> open = grid;
    for (int session = 0; session < MOST_SESSIONS && !open.isEmpty(); session++) {
      times(compressed, open, progress)
          .forEach(
              (at, timing) -> latency.merge(at, timing, (a, b) -> a.ratio() < b.ratio() ? a : b));
      open = open.stream().filter(at -> isSlow(latency.get(at))).toList();
    }
    return latency;
  }

  private boolean isSlow(@Nullable PairTiming timing) {
    return timing != null && timing.ratio() > bound.mostRatio();
  }

  private Map<GridShape, PairTiming> times(
      Path compressed, List<GridShape> grid, Consumer<GridShape> progress) {
    Map<GridShape, PairTiming> latency = new LinkedHashMap<>();
    PairTimer timer = new PairTimer(bound.perShape(), bound.mostRatio());
    try (ModelSession before = ModelSession.open(original, Optimization.ALL);
        ModelSession after = ModelSession.open(compressed, Optimization.ALL)) {
      RandomInputs inputs = new RandomInputs(before.inputs(), TokenBounds.of(index), SEED);
      for (GridShape at : grid) {
        progress.accept(at);
        try (Feed feed = Feed.of(inputs.next(at.batch(), at.sequence()))) {
          latency.put(at, timer.time(before, after, feed, 1));
        }
      }
    }
    return latency;
  }
}
