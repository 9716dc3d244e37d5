package io.greenformers.engine;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.timing.SiteTimings;
import io.greenformers.engine.timing.WholeModelCheck;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Operators;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Ranks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Proves the rewrite at full rank, decomposes, chooses ranks, and writes the compressed model. */
final class FactorizeStage {
  /** Texts that ranks are judged by: a model of a few hundred MB takes a minute or two. */
  private static final int JUDGING = 128;

  private static final long MOST_COUNTED_BYTES = 1L << 30;

  private final CompressionRequest request;
  private final StageRequest stage;
  private final StageFiles files;
  private final StageContext context;

  FactorizeStage(StageRequest stage, StageContext context) {
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
      Subject all = Subject.of(model, Requests.filter(request.ranks()), files);
      Rewriting rewriting = new Rewriting(all, request.operators() == Operators.ONNX_RUNTIME);
      RewriteProof.Outcome proof =
          new RewriteProof(rewriting, files, request.seed()).prove(context.part(0, 0.15));
      Subject subject = all.without(proof.unusable());
      SpeedTrial.Outcome speed =
          new SpeedTrial(request, files).time(subject, context.part(0.15, 0.25));
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      Optional<Inputs> inputs = texts.map(t -> inputs(t, subject));
      Choice choice =
          unlessSlower(
              choose(subject, speed.limits(), solver, source, inputs),
              rewriting,
              source,
              speed.timings());
      return write(rewriting, choice, source, proof.parity(), solver);
    }
  }

  /** Texts as inputs of the model. */
  private record Inputs(
      StageTexts texts, List<InputSpec> specs, StageTexts.Calibration calibration) {}

  private Inputs inputs(StageTexts texts, Subject subject) {
    try (ModelSession session = ModelSession.open(subject.canonical(), Optimization.NONE)) {
      List<InputSpec> specs = session.inputs();
      return new Inputs(
          texts, specs, texts.calibration(specs, TokenBounds.of(subject.index()), JUDGING));
    }
  }

  private Choice choose(
      Subject subject,
      SpeedLimits limits,
      ChosenSolver solver,
      FactorSource source,
      Optional<Inputs> inputs) {
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
        decomposer(subject, solver, source, inputs.map(i -> i.calibration().all()))
            .decompose(
                known ? List.copyOf(ranks.keySet()) : subject.open(),
                site -> ranks.getOrDefault(site, Integer.MAX_VALUE),
                context.part(0.25, 0.9));
    if (known && !outcome.failures().isEmpty()) {
      // what they leave of the budget changes the ranks of the others
      return byPolicy(subject.without(outcome.failures()), limits, solver, source, inputs);
    }
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
    return new Choice(plan, last.decompositions(), search.candidates()).without(last.failures());
  }

  private Decomposer decomposer(
      Subject subject,
      ChosenSolver solver,
      FactorSource source,
      Optional<List<TextBatch>> calibration) {
    List<TextBatch> texts =
        solver.solver() == Solver.ACTIVATION_AWARE ? calibration.orElseThrow() : List.of();
    return new Decomposer(
        subject,
        files,
        source,
        texts.stream().map(TextBatch::inputs).toList(),
        solver.fixedRank(request.seed()));
  }

  /** Where no size was asked for, the whole model must be no slower: sites go back until it is. */
  private Choice unlessSlower(
      Choice choice, Rewriting rewriting, FactorSource source, Optional<SiteTimings> timings) {
    if (timings.isEmpty() || request.budget().sizeRatio().isPresent()) {
      return choice;
    }
    Subject subject = rewriting.subject();
    WholeModelCheck.Outcome outcome =
        new WholeModelCheck(
                timings.get(), subject.index(), subject.canonical(), WholeModelCheck.Bound.DEFAULT)
            .check(
                choice.plan().ranks(),
                ranks -> files.canonical(rewriting.apply(choice.factors(ranks, source)), "timed"),
                context.part(0.9, 0.95)::progress);
    return choice.without(outcome.reverted());
  }

  private ChildMessage.Result write(
      Rewriting rewriting, Choice choice, FactorSource source, Parity parity, ChosenSolver solver) {
    context.progress(0.95, "writing the compressed model");
    OnnxModel model = rewriting.subject().model();
    OnnxModel compressed = stored(rewriting.apply(choice.factors(choice.plan().ranks(), source)));
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
            parity,
            choice.rows(),
            fusedOperators(rewriting.subject().canonical(), written.model(), before),
            plan(rewriting, choice)));
    List<String> artifacts =
        new ArrayList<>(List.of("factorization.json", "compressed/" + StageFiles.MODEL));
    written.external().keySet().forEach(name -> artifacts.add("compressed/" + name));
    return new ChildMessage.Result(true, "", artifacts);
  }

  /** Empty where there is nothing to say. */
  private static Optional<Documents.Plan> plan(Rewriting rewriting, Choice choice) {
    List<String> remarks = rewriting.remarks();
    return remarks.isEmpty() && choice.candidates().isEmpty()
        ? Optional.empty()
        : Optional.of(new Documents.Plan(remarks, choice.candidates()));
  }

  /** Counting writes the optimised model: of a large one it is left out. */
  private static Optional<Documents.FusedOperators> fusedOperators(
      Path original, Path compressed, long bytes) {
    return bytes > MOST_COUNTED_BYTES
        ? Optional.empty()
        : Optional.of(
            new Documents.FusedOperators(
                FusedOperators.of(original).counts(), FusedOperators.of(compressed).counts()));
  }

  private OnnxModel stored(OnnxModel model) {
    return switch (request.storage().dense()) {
      case KEEP -> model;
      case FP16 -> stored(model, StorageMode.FP16);
      case INT8 -> stored(model, StorageMode.INT8);
      case INT8_DYNAMIC -> stored(model, StorageMode.INT8_DYNAMIC);
    };
  }

  private static OnnxModel stored(OnnxModel model, StorageMode mode) {
    return new StoragePass(GraphIndex.of(model), mode).apply(model).model();
  }
}
