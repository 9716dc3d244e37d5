package io.greenformers.engine.calibration;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteInput;
import java.util.Optional;

/** What can be observed of a site's inputs: those of its first use in the main graph. */
sealed interface SiteInputs {
  /** The value of the main graph that holds them. */
  String value();

  /**
   * Activations x [n] along an axis of a value.
   *
   * @param size n
   * @param axis -1, or -2 of a matrix
   */
  record Rows(String value, int size, int axis) implements SiteInputs {
    /** Of their statistics in fp64, and of one run's in fp32. */
    long bytes() {
      return (long) size * size * (Double.BYTES + Float.BYTES);
    }
  }

  /** Numbers of rows of a table. */
  record Numbers(String value) implements SiteInputs {}

  /** Empty where they are in a branch, or windows of a signal, or columns of a stack. */
  static Optional<SiteInputs> of(GraphIndex index, Site site) {
    Site.Use use = site.uses().getFirst();
    SiteInput input = SiteInput.of(index, site, use);
    if (input.value().graph() != 0) {
      return Optional.empty();
    }
    String value = input.value().name();
    return switch (input) {
      case SiteInput.Activations a when a.axis() == -1 || isMatrix(use) ->
          Optional.of(new Rows(value, FactorSource.inputs(site, use), a.axis()));
      case SiteInput.Indices i -> Optional.of(new Numbers(value));
      case SiteInput.Activations a -> Optional.empty();
      case SiteInput.Windows w -> Optional.empty();
    };
  }

  private static boolean isMatrix(Site.Use use) {
    return use.role() == Site.Role.GEMM_RIGHT || use.role() == Site.Role.GEMM_LEFT;
  }
}
