package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What was tried on the way, and what it did. */
final class CandidatesSection {
  private CandidatesSection() {}

  static Html of(Report report) {
    return report.plan().map(plan -> section(report, plan)).orElse(Html.NONE);
  }

  private static Html section(Report report, Documents.Plan plan) {
    return Html.of(
        "<section><h2>What was tried</h2>\n%s%s</section>\n",
        Html.join(
            plan.remarks().stream()
                .map(remark -> Html.of("<p><bdi>%s</bdi></p>\n", remark))
                .toList()),
        plan.candidates().isEmpty() ? Html.NONE : figure(report, plan.candidates()));
  }

  private static Html figure(Report report, List<Documents.Candidate> candidates) {
    List<Plot.Point> tried =
        candidates.stream().flatMap(c -> c.accuracy().map(a -> point(c, a)).stream()).toList();
    Html chart = tried.isEmpty() ? Html.NONE : chart(report, tried);
    return Figure.of(
        tried.isEmpty()
            ? "Ranks that were measured"
            : "Accuracy against size; the line joins what nothing smaller beats",
        chart,
        List.of("size ratio", "distortion", "accuracy", "drop at most, points"),
        candidates.stream().map(CandidatesSection::row).toList());
  }

  private static Html chart(Report report, List<Plot.Point> tried) {
    List<Plot.Point> ends = new ArrayList<>();
    report
        .accuracy()
        .ifPresent(a -> {
          ends.add(
              new Plot.Point(
                  report.size().ratio(),
                  a.compressed(),
                  Words.say(
                      "the result: %.3f of the size, %.4f",
                      report.size().ratio(), a.compressed())));
          ends.add(new Plot.Point(1, a.original(), Words.say("the original: %.4f", a.original())));
        });
    List<Plot.Point> all = Stream.concat(tried.stream(), ends.stream()).toList();
    boolean higherIsBetter =
        report.accuracy().filter(a -> a.metric().equals("perplexity")).isEmpty();
    return new Plot(
            Axis.around("size ratio →", all.stream().mapToDouble(Plot.Point::x)),
            Axis.around(
                "↑ " + report.accuracy().map(Report.AccuracyFigures::metric).orElse("accuracy"),
                all.stream().mapToDouble(Plot.Point::y)))
        .line("soft-line", front(all, higherIsBetter))
        .points("tried", tried)
        .points("ours", ends)
        .svg("Accuracy against size of what was tried; the numbers are in the table below");
  }

  /** The Pareto set: every point that is better than all smaller ones. */
  static List<Plot.Point> front(List<Plot.Point> points, boolean higherIsBetter) {
    List<Plot.Point> front = new ArrayList<>();
    points.stream()
        .sorted(Comparator.comparingDouble(Plot.Point::x))
        .forEach(point -> {
          if (front.isEmpty() || isBetter(point, front.getLast(), higherIsBetter)) {
            front.add(point);
          }
        });
    return front;
  }

  private static boolean isBetter(Plot.Point one, Plot.Point other, boolean higherIsBetter) {
    return higherIsBetter ? one.y() > other.y() : one.y() < other.y();
  }

  private static Plot.Point point(Documents.Candidate candidate, double accuracy) {
    return new Plot.Point(
        candidate.sizeRatio(),
        accuracy,
        Words.say("tried: %.3f of the size, %.4f", candidate.sizeRatio(), accuracy));
  }

  private static List<String> row(Documents.Candidate c) {
    return List.of(
        Words.say("%.3f", c.sizeRatio()),
        c.distortion().map(d -> Words.say("%.4f", d)).orElse("–"),
        c.accuracy().map(a -> Words.say("%.4f", a)).orElse("–"),
        c.dropUpperBound().map(d -> Words.say("%+.2f", 100 * d)).orElse("–"));
  }
}
