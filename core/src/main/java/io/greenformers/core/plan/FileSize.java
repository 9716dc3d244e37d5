package io.greenformers.core.plan;

import io.greenformers.core.site.Site;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Predicts the bytes of all files of a compressed model before it is written.
 *
 * @param originalBytes of all files as they were given
 * @param canonicalBytes of all files when the model is written unchanged
 * @param biasBytes at most so many a site's corrected bias adds, beside the ones that it replaces
 */
public record FileSize(long originalBytes, long canonicalBytes, ToLongFunction<Site> biasBytes) {
  /** Names, shapes and the extra node of a factorized use; more than was ever seen. */
  private static final long OVERHEAD_BYTES = 256;

  /** An upper bound of the bytes of all files when these sites are factorized to these ranks. */
  public long predict(Map<Site, Integer> ranks) {
    return canonicalBytes
        + ranks.entrySet().stream().mapToLong(e -> change(e.getKey(), e.getValue())).sum();
  }

  /** By how many bytes the written files may change to be at most this share of the original's. */
  public long change(double sizeRatio) {
    return (long) Math.floor(sizeRatio * originalBytes) - canonicalBytes;
  }

  /** An upper bound of the bytes that factors of this rank take more than the site's weight. */
  long change(Site site, int rank) {
    long factors = (long) rank * (site.rows() + site.columns());
    return site.type().bytes(factors)
        - site.type().bytes(site.parameters())
        + biasBytes.applyAsLong(site)
        + overhead(site);
  }

  private static long overhead(Site site) {
    long names = 8L * (site.name().length() + site.weight().name().length());
    return site.uses().size() * (OVERHEAD_BYTES + names);
  }
}
