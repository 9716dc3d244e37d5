package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.Moments;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.List;

/**
 * What truncation takes from the mean output of a site, at any rank: with factors L·R of full rank
 * and the mean μ of the inputs, the means c = μᵀL [p] of what lies between the factors, and δᵣ = Σ
 * cₖ·Rₖ over all k ≥ r. (Where the inputs meet the columns of the right factor, c = R·μ and δᵣ = Σ
 * Lₖ·cₖ.)
 */
public final class MeanShift {
  private final boolean inputsAreRows;
  private final Factors full;
  private final WeightStore weights;
  private final double[] between;
  private final double[] rest;

  /**
   * Prepares for a site.
   *
   * @param full its factors of the highest rank p
   * @param moments of the inputs of its first use; not kept
   * @param rest δ of these factors [out]: nothing but rounding at full rank
   * @param weights that hold the factors; corrections are appended to it
   */
  MeanShift(Site site, Factors full, Moments moments, double[] rest, WeightStore weights) {
    Use use = site.uses().getFirst();
    this.inputsAreRows = FactorSource.inputsAreRows(site, use);
    this.full = full;
    this.weights = weights;
    this.rest = rest;
    int p = Math.toIntExact(full.rank());
    this.between = new double[p];
    float[] factor = weights.floats(inputsAreRows ? full.left() : full.right());
    int n = moments.size();
    for (int i = 0; i < n; i++) {
      double mean = moments.mean(i);
      for (int k = 0; k < p; k++) {
        between[k] += mean * (inputsAreRows ? factor[i * p + k] : factor[k * n + i]);
      }
    }
  }

  private MeanShift(
      boolean inputsAreRows, Factors full, WeightStore weights, double[] between, double[] rest) {
    this.inputsAreRows = inputsAreRows;
    this.full = full;
    this.weights = weights;
    this.between = between.clone();
    this.rest = rest.clone();
  }

  /**
   * What was worked out before, from {@link #between} and {@link #rest}.
   *
   * @param full the same factors
   */
  static MeanShift restored(
      Site site, Factors full, WeightStore weights, double[] between, double[] rest) {
    boolean rows = FactorSource.inputsAreRows(site, site.uses().getFirst());
    return new MeanShift(rows, full, weights, between, rest);
  }

  /** c [p]. */
  public double[] between() {
    return between.clone();
  }

  /** δ [out] of the factors of full rank. */
  double[] rest() {
    return rest.clone();
  }

  /** δᵣ [out], of the factors' type. */
  public TensorProto correction(int rank) {
    int p = between.length;
    float[] factor = weights.floats(inputsAreRows ? full.right() : full.left());
    int out = rest.length;
    double[] delta = rest.clone();
    for (int k = rank; k < p; k++) {
      for (int j = 0; j < out; j++) {
        delta[j] += between[k] * (inputsAreRows ? factor[k * out + j] : factor[j * p + k]);
      }
    }
    return weights.append(
        "correction", Tensors.type(full.left()), List.of((long) out), i -> delta[(int) i]);
  }
}
