package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.rewrite.ExactFactors;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves, before anything is truncated, that the rewrite itself changes nothing: with factors of
 * full rank the model must equal the original, on several batches and lengths, with ONNX Runtime's
 * optimisations off and on.
 */
final class RewriteProof {
  /** How far outputs may be off in fp32, relative to the largest. */
  static final double TOLERANCE = 1e-4;

  /** fp16 and bf16 round each factor to a few bits. */
  private static final double HALF_TOLERANCE = 2e-2;

  private final Subject subject;
  private final Rewriting rewriting;
  private final StageFiles files;
  private final Comparison.Inputs inputs;

  RewriteProof(Rewriting rewriting, StageFiles files, long seed) {
    this.subject = rewriting.subject();
    this.rewriting = rewriting;
    this.files = files;
    this.inputs = Comparison.random(subject.index(), seed);
  }

  /**
   * Proves the rewrite of all open sites at once.
   *
   * @throws RewriteProofException with the site that breaks it
   */
  Proof prove(StageContext context) {
    Map<Site, Factors> factors = new LinkedHashMap<>();
    Map<Site, String> unusable = new LinkedHashMap<>();
    ExactFactors exact = new ExactFactors(subject.model().weights());
    List<Site> sites = subject.open();
    for (Site site : sites) {
      context.progress(0.3 * factors.size() / sites.size(), "proving the rewrite");
      try {
        factors.put(site, exact.of(site));
      } catch (DecompositionException e) {
        unusable.put(site, String.valueOf(e.getMessage()));
      }
    }
    context.progress(0.3, "proving the rewrite");
    Parity plain = parity(factors, Optimization.NONE);
    context.progress(0.7, "proving the rewrite, optimised");
    Parity parity = plain.and(parity(factors, Optimization.ALL));
    if (!parity.within(tolerance(factors))) {
      throw new RewriteProofException(culprit(factors), parity);
    }
    return new Proof(parity, unusable, rewriting.remarks());
  }

  private Parity parity(Map<Site, Factors> factors, Optimization optimization) {
    Path path = files.canonical(rewriting.apply(factors), "full-rank");
    return Comparison.parity(subject.canonical(), path, inputs, optimization);
  }

  /** Halves the sites as long as one half alone breaks the rewrite; empty where none does. */
  private Optional<Site> culprit(Map<Site, Factors> factors) {
    List<Site> suspects = List.copyOf(factors.keySet());
    while (suspects.size() > 1) {
      int middle = suspects.size() / 2;
      List<Site> first = suspects.subList(0, middle);
      List<Site> second = suspects.subList(middle, suspects.size());
      if (breaks(first, factors)) {
        suspects = first;
      } else if (breaks(second, factors)) {
        suspects = second;
      } else {
        return Optional.empty();
      }
    }
    return suspects.stream().findFirst();
  }

  private boolean breaks(List<Site> sites, Map<Site, Factors> factors) {
    Map<Site, Factors> some = new LinkedHashMap<>(factors);
    some.keySet().retainAll(sites);
    return !parity(some, Optimization.NONE).within(tolerance(some))
        || !parity(some, Optimization.ALL).within(tolerance(some));
  }

  private static double tolerance(Map<Site, Factors> factors) {
    return factors.keySet().stream()
        .mapToDouble(RewriteProof::tolerance)
        .reduce(TOLERANCE, Math::max);
  }

  /** How far outputs may be off, relative to the largest, where a site is factorized. */
  static double tolerance(Site site) {
    boolean half = site.type() == DataType.FLOAT16 || site.type() == DataType.BFLOAT16;
    return half ? HALF_TOLERANCE : TOLERANCE;
  }
}
