package io.greenformers.engine.timing;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site's timings: remembered ones, else measured ones. */
final class SiteClock implements AutoCloseable {
  private final SiteCase site;
  private final TimingCache cache;
  private final Path scratch;
  private @Nullable ScratchDirectory directory;
  private @Nullable SiteBench bench;

  SiteClock(SiteCase site, TimingCache cache, Path scratch) {
    this.site = site;
    this.cache = cache;
    this.scratch = scratch;
  }

  PairTiming time(int rank, GridShape at) {
    String key = site.key(at) + ", rank " + rank;
    Optional<PairTiming> known = cache.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    PairTiming timing = bench().time(rank, at);
    cache.put(key, timing);
    return timing;
  }

  private SiteBench bench() {
    if (bench == null) {
      directory = ScratchDirectory.in(scratch, "site-");
      bench = new SiteBench(site, directory.path());
    }
    return bench;
  }

  @Override
  public void close() {
    if (bench != null) {
      bench.close();
    }
    if (directory != null) {
      directory.close();
    }
  }
}
