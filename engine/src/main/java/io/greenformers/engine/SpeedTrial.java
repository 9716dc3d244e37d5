package io.greenformers.engine;

import io.greenformers.core.site.Site;
import io.greenformers.engine.timing.GridShape;
import io.greenformers.engine.timing.SiteTimings;
import io.greenformers.engine.timing.TimingFiles;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Evaluation;
import java.util.ArrayList;
import java.util.List;

/** Times the sites of a model at the shapes of the request, unless that could change nothing. */
final class SpeedTrial {
  private final CompressionRequest request;
  private final StageFiles files;

  SpeedTrial(CompressionRequest request, StageFiles files) {
    this.request = request;
    this.files = files;
  }

  SpeedLimits limits(Subject subject, StageContext context) {
    boolean wanted =
        request.ranks().neverSlower()
            && switch (request.ranks().policy()) {
              case UNIFORM, ENERGY, FIXED, BUDGET -> true;
              case MANUAL, FULL -> false;
            };
    List<Site> sites =
        subject.open().stream().filter(s -> s.kind() != Site.Kind.EMBEDDING).toList();
    if (!wanted || sites.isEmpty()) {
      return SpeedLimits.NONE;
    }
    TimingFiles places =
        new TimingFiles(
            subject.outline(),
            files.timings(),
            files.scratch("timing-models"));
    return new SpeedLimits(
        SiteTimings.of(subject.model(), subject.index(), sites, grid(), places)
            .largestWinningRanks(sites, request.ranks().multipleOf(), context::progress));
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
