package io.greenformers.client;

import java.util.List;
import java.util.Map;

/**
 * How ranks are chosen, and for which sites. Immutable: every method returns another one.
 *
 * <pre>{@code
 * Ranks.uniform(0.5).multipleOf(16).kinds(Ranks.Kind.LINEAR).exclude("*head*")
 * }</pre>
 */
public final class Ranks {
  private final Fields fields;

  private Ranks(Fields fields) {
    this.fields = fields;
  }

  /** What a site does with its weight. */
  public enum Kind {
    /** {@code MatMul} or {@code Gemm} with a constant matrix. */
    LINEAR,
    /** {@code Conv} with a constant kernel. */
    CONV,
    /** {@code Gather} of rows of a constant table. */
    EMBEDDING
  }

  /** The ranks with which the smallest file meets the budget: where nothing else is asked for. */
  public static Ranks ofBudget() {
    return policy("budget");
  }

  /**
   * The same share of each site's weights, r = ⌊ratio·mn/(m+n)⌋.
   *
   * @param ratio kept, in (0, 1]
   */
  public static Ranks uniform(double ratio) {
    return policy("uniform").with("ratio", ratio);
  }

  /**
   * As many as keep so much of each site's energy.
   *
   * @param retained least Σσ²kept/Σσ², in (0, 1]
   */
  public static Ranks energy(double retained) {
    return policy("energy").with("retained", retained);
  }

  /** The same rank for every site. */
  public static Ranks fixed(int rank) {
    return policy("fixed").with("rank", rank);
  }

  /**
   * Ranks of one's own.
   *
   * @param ranks by the name of the site; all others are kept
   */
  public static Ranks manual(Map<String, Integer> ranks) {
    return policy("manual").with("manual", ranks);
  }

  /** Full rank whatever it costs: only to prove that the rewrite is exact. */
  public static Ranks full() {
    return policy("full");
  }

  private static Ranks policy(String policy) {
    return new Ranks(Fields.NONE.with("policy", policy));
  }

  /** Ranks are rounded down to a multiple of this, but never to zero; 8 where it is not set. */
  public Ranks multipleOf(int multiple) {
    return with("multipleOf", multiple);
  }

  /** Whether sites that factors do not make faster stay dense, unless the size needs them. */
  public Ranks neverSlower(boolean neverSlower) {
    return with("neverSlower", neverSlower);
  }

  /** The kinds of sites that may be factorized; all where it is not set. */
  public Ranks kinds(Kind... kinds) {
    return with("kinds", List.of(kinds));
  }

  /** Patterns of the names of sites that may be factorized; {@code *} stands for anything. */
  public Ranks include(String... patterns) {
    return with("include", List.of(patterns));
  }

  /** Patterns of the names of sites that are kept. */
  public Ranks exclude(String... patterns) {
    return with("exclude", List.of(patterns));
  }

  private Ranks with(String name, Object value) {
    return new Ranks(fields.with(name, value));
  }

  Fields fields() {
    return fields;
  }

  /** As the request document has it. */
  @Override
  public String toString() {
    return fields.toString();
  }
}
