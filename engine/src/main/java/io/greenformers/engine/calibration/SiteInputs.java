package io.greenformers.engine.calibration;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteInput;
import java.util.List;
import java.util.Optional;

/** What can be observed of a site's inputs: those of all its uses, where they are alike. */
sealed interface SiteInputs {
  /**
   * Activations x [n], of one value for each use.
   *
   * @param size n
   */
  record Rows(List<Source> values, int size) implements SiteInputs {
    public Rows {
      values = List.copyOf(values);
    }

    /** Of their statistics in fp64, and of one run's in fp32. */
    long bytes() {
      return (long) size * size * (Double.BYTES + Float.BYTES);
    }
  }

  /** Where x is found in the main graph. */
  sealed interface Source {}

  /**
   * A value, and the axis that x lies along.
   *
   * @param last whether that is the last one; else the one before it, of a matrix
   */
  record Along(String value, boolean last) implements Source {}

  /** Windows of a signal. */
  record Windowed(SiteInput.Windows windows) implements Source {}

  /** Numbers of rows of a table. */
  record Numbers(String value) implements SiteInputs {}

  /**
   * The inputs of a site.
   *
   * @param use whose inputs meet the weight as these do
   */
  record Found(Site.Use use, SiteInputs inputs) {}

  /**
   * Empty where they are in a branch, or columns of a stack, or where uses meet different sides of
   * the weight. A table counts by its look-ups, whatever else it is used for.
   */
  static Optional<Found> of(GraphIndex index, Site site) {
    for (Site.Use use : site.uses()) {
      if (SiteInput.of(index, site, use) instanceof SiteInput.Indices indices
          && indices.value().graph() == 0) {
        return Optional.of(new Found(use, new Numbers(indices.value().name())));
      }
    }
    Site.Use first = site.uses().getFirst();
    boolean alike =
        site.uses().stream()
            .allMatch(use ->
                FactorSource.inputsAreRows(site, use) == FactorSource.inputsAreRows(site, first));
    List<Source> values =
        site.uses().stream().flatMap(use -> source(index, site, use).stream()).toList();
    return alike && values.size() == site.uses().size()
        ? Optional.of(new Found(first, new Rows(values, FactorSource.inputs(site, first))))
        : Optional.empty();
  }

  private static Optional<Source> source(GraphIndex index, Site site, Site.Use use) {
    SiteInput input = SiteInput.of(index, site, use);
    if (input.value().graph() != 0) {
      return Optional.empty();
    }
    return switch (input) {
      case SiteInput.Activations a when a.axis() == -1 || isMatrix(use) ->
          Optional.of(new Along(a.value().name(), a.axis() == -1));
      case SiteInput.Windows w -> Optional.of(new Windowed(w));
      case SiteInput.Activations a -> Optional.empty();
      case SiteInput.Indices i -> Optional.empty();
    };
  }

  private static boolean isMatrix(Site.Use use) {
    return use.role() == Site.Role.GEMM_RIGHT || use.role() == Site.Role.GEMM_LEFT;
  }
}
