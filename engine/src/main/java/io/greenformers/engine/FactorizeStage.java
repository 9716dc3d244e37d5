package io.greenformers.engine;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Ranks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Proves the rewrite at full rank, decomposes, chooses ranks, and writes the compressed model. */
final class FactorizeStage {
  /** Texts that ranks are judged by: a model of a few hundred MB takes a minute or two. */
  private static final int JUDGING = 128;

  private final CompressionRequest request;
  private final StageRequest stage;
  private final StageFiles files;
  private final StageContext context;
  private final ResidentBound bound;

  FactorizeStage(StageRequest stage, StageContext context) {
    this(stage, context, ResidentBound.configured());
  }

  /**
   * Prepares.
   *
   * @param bound what is larger is not run as a whole
   */
  FactorizeStage(StageRequest stage, StageContext context, ResidentBound bound) {
    this.bound = bound;
    this.request = stage.request();
    this.stage = stage;
    this.files = new StageFiles(stage);
    this.context = context;
  }

  ChildMessage.Result run() {
    Optional<StageTexts> texts = StageTexts.of(stage, files);
    ChosenSolver solver = ChosenSolver.of(request, texts.isPresent());
    context.progress(0, "reading the model");
    OnnxModel model = files.read("original");
    try (WeightStore weights = model.weights()) {
      Subject whole = Subject.of(model, Requests.filter(request.ranks()), files, bound);
      Rewriting rewriting = new Rewriting(whole, true);
      Proof proof = Proof.of(rewriting, files, request.seed(), context.part(0, 0.15));
      Subject subject = whole.without(proof.unproven());
      SpeedLimits limits = new SpeedTrial(request, files).limits(subject, context.part(0.15, 0.25));
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Optional<Inputs> inputs = texts.map(t -> inputs(t, subject));
      Choice choice = choose(subject, limits, solver, source, inputs);
      return write(rewriting, choice, source, proof, solver);
    }
  }

  /** Texts as inputs of the model. */
  private record Inputs(
      StageTexts texts, List<InputSpec> specs, StageTexts.Calibration calibration) {}

  private Inputs inputs(StageTexts texts, Subject subject) {
    try (ModelSession session = ModelSession.open(subject.outline(), Optimization.NONE)) {
      List<InputSpec> specs = session.inputs();
      return new Inputs(
          texts, specs, texts.calibration(specs, TokenBounds.of(subject.index()), JUDGING));
    }
  }

  /** What was decided, and everything that it takes to carry it out. */
  private record Choice(
      CompressionPlan plan,
      Map<Site, Decomposition> decompositions,
      List<MeasuredRanks.Candidate> candidates) {}

  private Choice choose(
      Subject subject,
      SpeedLimits limits,
      ChosenSolver solver,
      FactorSource source,
      Optional<Inputs> inputs) {
    return inputs.isPresent() && request.ranks().policy() == Ranks.Policy.BUDGET
        ? measured(subject, limits, solver, source, inputs.get())
        : byPolicy(subject, limits, solver, source, inputs);
  }

  /** Ranks that the policy knows beforehand are the highest that are decomposed. */
  private Choice byPolicy(
      Subject subject,
      SpeedLimits limits,
      ChosenSolver solver,
      FactorSource source,
      Optional<Inputs> inputs) {
    boolean known = request.ranks().policy() != Ranks.Policy.ENERGY;
    Map<Site, Integer> ranks =
        known ? new RankChooser(request, subject, limits).plan(Map.of()).ranks() : Map.of();
    Decomposer.Outcome outcome =
        decomposer(subject, solver, source, inputs.map(i -> i.calibration().all()))
            .decompose(
                known ? List.copyOf(ranks.keySet()) : subject.open(),
                site -> ranks.getOrDefault(site, Integer.MAX_VALUE),
                context.part(0.25, 0.9));
    CompressionPlan plan =
        new RankChooser(request, subject.without(outcome.failures()), limits)
            .plan(Decomposition.spectra(outcome.decompositions()));
    return new Choice(plan, outcome.decompositions(), List.of());
  }

  /** What the ranks were judged by then counts for the factors too. */
  private Choice measured(
      Subject all, SpeedLimits limits, ChosenSolver solver, FactorSource source, Inputs inputs) {
    Subject subject = all.without(SmallTables.objections(all));
    Decomposer.Outcome outcome =
        decomposer(subject, solver, source, Optional.of(inputs.calibration().statistics()))
            .decompose(subject.open(), site -> Integer.MAX_VALUE, context.part(0.25, 0.4));
    Subject rest = subject.without(outcome.failures());
    MeasuredRanks search =
        new MeasuredRanks(
            request,
            new RankChooser(request, rest, limits),
            inputs.texts(),
            inputs.specs(),
            context.part(0.4, 0.8));
    CompressionPlan plan =
        search.find(rest, outcome.decompositions(), inputs.calibration().judging(), files);
    Map<Site, Integer> ranks = plan.ranks();
    Decomposer.Outcome last =
        decomposer(subject, solver, source, Optional.of(inputs.calibration().all()))
            .decompose(
                List.copyOf(ranks.keySet()),
                site -> ranks.getOrDefault(site, 1),
                context.part(0.8, 0.9));
    return new Choice(plan, last.decompositions(), search.candidates());
  }

  private Decomposer decomposer(
      Subject subject,
      ChosenSolver solver,
      FactorSource source,
      Optional<List<TextBatch>> calibration) {
    List<TextBatch> texts =
        solver.solver() == Solver.ACTIVATION_AWARE ? calibration.orElseThrow() : List.of();
    return new Decomposer(subject, files, source, texts.stream().map(TextBatch::inputs).toList());
  }

  private ChildMessage.Result write(
      Rewriting rewriting, Choice choice, FactorSource source, Proof proof, ChosenSolver solver) {
    context.progress(0.92, "writing the compressed model");
    OnnxModel model = rewriting.subject().model();
    Map<Site, Factors> factors = new LinkedHashMap<>();
    choice
        .plan()
        .ranks()
        .forEach(
            (site, rank) -> factors.put(site, decomposition(choice, site).truncate(rank, source)));
    OnnxModel compressed = stored(rewriting.apply(factors));
    ModelFiles written =
        ModelWriter.write(compressed, files.output("compressed"), StageFiles.MODEL);
    long before = model.fileBytes();
    long after = StageFiles.bytes(written.model());
    Documents.Size size =
        new Documents.Size(
            before,
            after,
            (double) after / before,
            InspectStage.parameters(model),
            InspectStage.parameters(compressed));
    files.write(
        "factorization.json",
        new Documents.Factorization(
            1,
            solver.name(),
            Optional.of(solver.reason()),
            size,
            proof.parity(),
            rows(choice),
            fused(rewriting.subject(), written.model()),
            plan(choice, proof)));
    List<String> artifacts =
        new ArrayList<>(List.of("factorization.json", "compressed/" + StageFiles.MODEL));
    written.external().keySet().forEach(name -> artifacts.add("compressed/" + name));
    return new ChildMessage.Result(true, "", artifacts);
  }

  /** Counting needs the whole model, optimised, in memory and on disk. */
  private static Optional<Documents.FusedOperators> fused(Subject subject, Path compressed) {
    return subject.isLarge()
        ? Optional.empty()
        : Optional.of(
            new Documents.FusedOperators(
                FusedOperators.of(subject.canonical()).counts(),
                FusedOperators.of(compressed).counts()));
  }

  private static Optional<Map<String, Object>> plan(Choice choice, Proof proof) {
    Map<String, Object> plan = new LinkedHashMap<>();
    if (!proof.remarks().isEmpty()) {
      plan.put("remarks", proof.remarks());
    }
    if (!choice.candidates().isEmpty()) {
      plan.put("candidates", choice.candidates());
    }
    return plan.isEmpty() ? Optional.empty() : Optional.of(plan);
  }

  private OnnxModel stored(OnnxModel model) {
    return switch (request.storage().dense()) {
      case KEEP -> model;
      case FP16 -> new StoragePass(GraphIndex.of(model), StorageMode.FP16).apply(model).model();
      case INT8 -> new StoragePass(GraphIndex.of(model), StorageMode.INT8).apply(model).model();
    };
  }

  private static List<Documents.SiteDecision> rows(Choice choice) {
    List<Documents.SiteDecision> rows = new ArrayList<>();
    choice
        .plan()
        .decisions()
        .forEach((site, decision) ->
            rows.add(
                switch (decision) {
                  case Decision.Keep keep -> row(site, "keep", 0, 1, keep.reason());
                  case Decision.Factorize f ->
                      row(
                          site,
                          "factorize",
                          f.rank(),
                          decomposition(choice, site).spectrum().retainedEnergy(f.rank()),
                          f.reason());
                }));
    return rows;
  }

  private static Documents.SiteDecision row(
      Site site, String decision, int rank, double retained, String reason) {
    return new Documents.SiteDecision(
        site.name(),
        Documents.lower(site.kind()),
        site.uses().getFirst().role().operator(),
        List.of(site.rows(), site.columns()),
        decision,
        rank,
        retained,
        reason);
  }

  private static Decomposition decomposition(Choice choice, Site site) {
    return Objects.requireNonNull(choice.decompositions().get(site), site.name());
  }
}
