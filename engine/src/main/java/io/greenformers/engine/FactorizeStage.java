package io.greenformers.engine;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.timing.ModelPair;
import io.greenformers.engine.timing.SiteTimings;
import io.greenformers.engine.timing.WholeModelCheck;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Operators;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Ranks;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Proves the rewrite at full rank, decomposes, chooses ranks, and writes the compressed model. */
final class FactorizeStage {
  /** Examples that ranks are judged by: a model of a few hundred MB takes a minute or two. */
  private static final int JUDGING = 128;

  private final CompressionRequest request;
  private final StageRequest stage;
  private final StageFiles files;
  private final StageContext context;
  private final MemoryBound memory;

  FactorizeStage(StageRequest stage, StageContext context, MemoryBound memory) {
    this.memory = memory;
    this.request = stage.request();
    this.stage = stage;
    this.files = new StageFiles(stage);
    this.context = context;
  }

  ChildMessage.Result run() {
    context.progress(0, "reading the model");
    OnnxModel original = files.read("original");
    try (WeightStore weights = original.weights()) {
      AttentionChange.Outcome attention =
          new AttentionChange(request, files, context.part(0, 0.1)).of(original, memory);
      Subject all = subject(attention.model());
      requireTrainable(all);
      Optional<StageExamples<?>> examples = examples(all);
      ChosenSolver solver = ChosenSolver.of(request, examples.isPresent());
      Rewriting rewriting = new Rewriting(all, request.operators() == Operators.ONNX_RUNTIME);
      Proof proof =
          Proof.of(rewriting, files, request.seed(), context.part(0.1, 0.15)).after(attention);
      Subject subject = all.without(proof.unusable());
      SpeedTrial.Outcome speed =
          new SpeedTrial(request, files).time(subject, context.part(0.15, 0.25));
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Optional<Inputs> inputs =
          examples.filter(e -> !subject.open().isEmpty()).map(e -> inputs(e, subject));
      Choice choice =
          unlessSlower(
              choose(subject, speed.limits(), solver, source, inputs),
              rewriting,
              source,
              speed.timings());
      FactorizationFiles written =
          new FactorizationFiles(
              files, original, attention.before().orElse(all.canonical()), all, request);
      return write(written, rewriting, choice, source, proof, solver);
    }
  }

  private Subject subject(OnnxModel model) {
    Subject all = Subject.of(model, Requests.filter(request.ranks()), files, memory);
    return request.method().factorizes()
        ? all
        : all.withoutSites("the method changes attention only");
  }

  /** Better now than when everything is factorized. */
  private void requireTrainable(Subject subject) {
    boolean recovers = request.recovery().isPresent();
    if (recovers && subject.isLarge()) {
      throw new UntrainableException(
          "recovery: expected a model that can be run within the memory that is allowed, found one of %,d MB; allow more, or leave 'recovery' out"
              .formatted(subject.model().fileBytes() >> 20));
    }
    if (recovers || request.solver() == Solver.FISHER) {
      GraphExecutor.requireSupported(subject.model());
    }
  }

  /** None for a model that cannot be run on them. */
  private Optional<StageExamples<?>> examples(Subject subject) {
    Solver solver = request.solver();
    if (subject.isLarge() && (solver == Solver.ACTIVATION_AWARE || solver == Solver.FISHER)) {
      throw new UnavailableSolverException(
          ChosenSolver.name(solver),
          "which runs the model on examples: with %,d MB it cannot be run within the memory that is allowed; allow more, or use 'svd'"
              .formatted(subject.model().fileBytes() >> 20));
    }
    return subject.isLarge() ? Optional.empty() : StageExamples.of(stage, files);
  }

  /** Examples as inputs of the model. */
  private record Inputs(
      StageExamples<?> examples, Signature signature, StageExamples.Calibration calibration) {}

  private Inputs inputs(StageExamples<?> examples, Subject subject) {
    try (ModelSession session = ModelSession.open(subject.canonical(), Optimization.NONE)) {
      Signature signature = new Signature(session.inputs(), TokenBounds.of(subject.index()));
      return new Inputs(examples, signature, examples.calibration(signature, JUDGING));
    }
  }

  private Choice choose(
      Subject subject,
      SpeedLimits limits,
      ChosenSolver solver,
      FactorSource source,
      Optional<Inputs> inputs) {
    if (subject.open().isEmpty()) {
      CompressionPlan none = new RankChooser(request, subject, limits).plan(Map.of());
      return new Choice(none, Map.of(), Map.of(), List.of());
    }
    boolean searched = request.ranks().policy() == Ranks.Policy.BUDGET && solver.isNested();
    return inputs.isPresent() && searched
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
        decomposer(
                subject,
                solver,
                source,
                inputs.map(i -> i.calibration().all()),
                context.part(0.25, 0.5))
            .decompose(
                known ? List.copyOf(ranks.keySet()) : subject.open(),
                site -> ranks.getOrDefault(site, Integer.MAX_VALUE),
                context.part(0.5, 0.9));
    if (known && !outcome.failures().isEmpty()) {
      // what they leave of the budget changes the ranks of the others
      return byPolicy(subject.without(outcome.failures()), limits, solver, source, inputs);
    }
    CompressionPlan plan =
        new RankChooser(request, subject.without(outcome.failures()), limits)
            .plan(Decomposition.spectra(outcome.decompositions()));
    return new Choice(
        plan, outcome.decompositions(), Decomposition.spectra(outcome.decompositions()), List.of());
  }

  /** What the ranks were judged by then counts for the factors too. */
  private Choice measured(
      Subject all, SpeedLimits limits, ChosenSolver solver, FactorSource source, Inputs inputs) {
    Subject subject = all.without(SmallTables.objections(all));
    Decomposer.Outcome outcome =
        decomposer(
                subject,
                solver,
                source,
                Optional.of(inputs.calibration().statistics()),
                context.part(0.25, 0.3))
            .decompose(subject.open(), site -> Integer.MAX_VALUE, context.part(0.3, 0.4));
    Subject rest = subject.without(outcome.failures());
    MeasuredRanks search =
        new MeasuredRanks(
            request,
            new RankChooser(request, rest, limits),
            inputs.examples(),
            inputs.signature(),
            context.part(0.4, 0.8));
    CompressionPlan plan =
        search.find(rest, outcome.decompositions(), inputs.calibration().judging(), files);
    Map<Site, Integer> ranks = plan.ranks();
    Decomposer.Outcome last =
        decomposer(
                subject,
                solver,
                source,
                Optional.of(inputs.calibration().all()),
                context.part(0.8, 0.83))
            .decompose(
                List.copyOf(ranks.keySet()),
                site -> ranks.getOrDefault(site, 1),
                context.part(0.83, 0.9));
    return new Choice(
            plan,
            last.decompositions(),
            Decomposition.spectra(outcome.decompositions()),
            search.candidates())
        .without(last.failures());
  }

  /** Takes the statistics that the solver needs, first. */
  private Decomposer decomposer(
      Subject subject,
      ChosenSolver solver,
      FactorSource source,
      Optional<StageExamples.Observed> observed,
      StageContext part) {
    SiteStatistics statistics =
        switch (solver.solver()) {
          case ACTIVATION_AWARE -> SiteStatistics.OfInputs.of(observed.orElseThrow());
          case FISHER ->
              GradientStatistics.of(
                  subject.model(), subject.open(), observed.orElseThrow().run(), part);
          case AUTO, SVD, SNMF, NMF, RANDOM -> new SiteStatistics.None();
        };
    return new Decomposer(
        subject, files, source, statistics, solver.fixedRank(request.seed()), memory);
  }

  /** Where no size was asked for, the whole model must be no slower: sites go back until it is. */
  private Choice unlessSlower(
      Choice choice, Rewriting rewriting, FactorSource source, Optional<SiteTimings> timings) {
    if (timings.isEmpty()
        || request.budget().sizeRatio().isPresent()
        || rewriting.subject().isLarge()) {
      return choice;
    }
    Subject subject = rewriting.subject();
    WholeModelCheck.Outcome outcome =
        new WholeModelCheck(
                timings.get(), subject.index(), subject.canonical(), ModelPair.Bound.DEFAULT)
            .check(
                choice.plan().ranks(),
                ranks -> files.canonical(rewriting.apply(choice.factors(ranks, source)), "timed"),
                context.part(0.9, 0.95)::progress);
    return choice.without(outcome.reverted());
  }

  private ChildMessage.Result write(
      FactorizationFiles to,
      Rewriting rewriting,
      Choice choice,
      FactorSource source,
      Proof proof,
      ChosenSolver solver) {
    context.progress(0.95, "writing the compressed model");
    OnnxModel factorized = rewriting.apply(choice.factors(choice.plan().ranks(), source));
    List<String> artifacts = to.write(factorized, choice, proof, solver);
    return new ChildMessage.Result(true, "", artifacts);
  }
}
