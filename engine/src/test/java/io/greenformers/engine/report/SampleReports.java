package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.evaluation.Parity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reports with everything in them, whose names are given. */
public final class SampleReports {
  private static final int RANKS = 24;

  private SampleReports() {}

  /** A report of a run that passed. */
  public static Report passed() {
    return named("layer.0/attention/query", 39, true);
  }

  /** A report of a run whose accuracy fell too far. */
  public static Report failed() {
    return named("layer.0/attention/query", 39, false);
  }

  /** A report with many sites. */
  public static Report large(int sites) {
    return named("encoder/layer.0/attention/self/query/MatMul", sites, true);
  }

  /** A report in which everything that has a name has this one. */
  public static Report named(String name) {
    return named(name, 3, false);
  }

  private static Report named(String name, int sites, boolean passed) {
    return new Report(
        Report.SCHEMA_VERSION,
        passed ? "SUCCEEDED" : "GATE_FAILED",
        new Report.Gate(
            passed,
            passed ? Optional.empty() : Optional.of("accuracyDrop"),
            List.of(
                new Report.Bound("sizeRatio", 0.5, Optional.of(0.499), true),
                new Report.Bound("accuracyDrop", 0.02, Optional.of(0.0241), passed))),
        "low-rank",
        "activation-aware",
        Optional.of(name),
        new Documents.Size(90_377_191, 45_105_792, 0.499, 22_713_000, 11_300_000),
        List.of(
            new Documents.PartSize("embeddings", 47_000_000, 24_000_000),
            new Documents.PartSize("attention", 14_000_000, 8_000_000),
            new Documents.PartSize("feed-forward", 28_000_000, 12_000_000),
            new Documents.PartSize("other", 1_377_191, 1_105_792)),
        List.of(cell(1, 32, 1.34), cell(8, 128, 0.97), new LatencyGrid.Missing(8, 512, name)),
        Optional.of(new Report.Memory(93_696_000, 61_929_472)),
        Optional.of(
            new Report.AccuracyFigures(
                "accuracy", name, 872, 0.8681, 0.8578, 0.0103, -0.0034, 0.0241, 0.95)),
        Optional.of(new Report.FidelityFigures(0.991, 0.12)),
        Optional.of(new Parity(1e-6, 8.6e-7, 5)),
        Optional.of(new Documents.FusedOperators(Map.of(name, 6), Map.of("Attention", 6))),
        Optional.of(
            new Documents.Plan(
                List.of(name),
                List.of(
                    candidate(0.75, 0.8704), candidate(0.62, 0.8612), candidate(0.55, 0.8630)))),
        IntStream.range(0, sites).mapToObj(i -> site(name, i)).toList(),
        Optional.of(training(name)),
        Map.of("model", name, "cpu", name, "threads", 2, "onnxruntime", "1.29.0"));
  }

  private static LatencyGrid.Cell cell(int batch, int sequence, double speedup) {
    double original = batch * sequence / 8.0;
    return new LatencyGrid.Cell(
        "CPUExecutionProvider",
        batch,
        sequence,
        new LatencyGrid.Percentiles(original, 1.2 * original),
        new LatencyGrid.Percentiles(original / speedup, 1.1 * original / speedup),
        speedup,
        new LatencyGrid.Interval(speedup - 0.1, speedup + 0.1));
  }

  private static Documents.Candidate candidate(double ratio, double accuracy) {
    return new Documents.Candidate(
        ratio, Optional.of(1 - ratio), Optional.of(accuracy), Optional.of(0.02));
  }

  private static Documents.SiteDecision site(String name, int number) {
    boolean kept = number % 3 == 2;
    return new Documents.SiteDecision(
        name + number,
        "linear",
        "MatMul",
        List.of(384, 1536),
        kept ? "keep" : "factorize",
        kept ? 0 : 96 + 8 * (number % 5),
        kept ? 1 : 0.93,
        kept ? name : "distorts the outputs least within the size",
        number % 7 == 6 ? Optional.empty() : Optional.of(spectrum()));
  }

  private static Documents.SpectrumCurve spectrum() {
    List<Integer> ranks = IntStream.range(0, RANKS).mapToObj(i -> 1 + 16 * i).toList();
    return new Documents.SpectrumCurve(
        ranks,
        ranks.stream().map(r -> 1.0 / Math.sqrt(r)).toList(),
        ranks.stream().map(r -> 1 - Math.exp(-r / 60.0)).toList());
  }

  private static Documents.Training training(String name) {
    return new Documents.Training(
        201,
        3,
        84,
        "cpu",
        "fp32",
        Optional.of(0.1494),
        Optional.of(0.1433),
        Stream.iterate(1L, i -> i + 2)
            .limit(100)
            .map(i -> new Documents.LossPoint(i, 0.14 + 0.1 / i))
            .toList(),
        IntStream.range(0, 4)
            .mapToObj(i -> new Documents.Quality(i, 0.2 - i * 0.015, Optional.of(0.85 + i / 100.0)))
            .toList(),
        3,
        Optional.of(name));
  }
}
