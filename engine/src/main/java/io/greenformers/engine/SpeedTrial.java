package io.greenformers.engine;

import io.greenformers.core.site.Site;
import io.greenformers.engine.timing.GridShape;
import io.greenformers.engine.timing.SiteTimings;
import io.greenformers.engine.timing.TimingFiles;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Times the sites of a model at the shapes of the request, unless that could change nothing. */
final class SpeedTrial {
  private final CompressionRequest request;
  private final StageFiles files;

  SpeedTrial(CompressionRequest request, StageFiles files) {
    this.request = request;
    this.files = files;
  }

  /**
   * What was found.
   *
   * @param timings that the limits come from; empty where nothing was timed
   */
  record Outcome(SpeedLimits limits, Optional<SiteTimings> timings) {}

  Outcome time(Subject subject, StageContext context) {
    boolean wanted =
        request.ranks().neverSlower()
            && switch (request.ranks().policy()) {
              case UNIFORM, ENERGY, FIXED, BUDGET -> true;
              case MANUAL, FULL -> false;
            };
    List<Site> sites =
        subject.open().stream().filter(s -> s.kind() != Site.Kind.EMBEDDING).toList();
    if (!wanted || sites.isEmpty()) {
      return new Outcome(SpeedLimits.NONE, Optional.empty());
    }
    TimingFiles places =
        new TimingFiles(subject.outline(), files.timings(), files.scratch("timing-models"));
    SiteTimings timings = SiteTimings.of(subject.model(), subject.index(), sites, grid(), places);
    SpeedLimits limits =
        new SpeedLimits(
            timings.largestWinningRanks(sites, request.ranks().multipleOf(), context::progress));
    return new Outcome(limits, Optional.of(timings));
  }

  private List<GridShape> grid() {
    Evaluation.Latency latency = request.evaluation().latency();
    List<GridShape> grid = new ArrayList<>();
    latency
        .batchSizes()
        .forEach(
            batch -> latency.sequenceLengths().forEach(s -> grid.add(new GridShape(batch, s))));
    return grid;
  }
}
