package io.greenformers.engine.timing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A site's timings: remembered ones, else measured ones. */
final class SiteClock implements AutoCloseable {
  private final SiteCase site;
  private final TimingCache cache;
  private final Path scratch;
  private @Nullable Path directory;
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
      try {
        directory = Files.createTempDirectory(scratch, "site-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      bench = new SiteBench(site, directory);
    }
    return bench;
  }

  @Override
  public void close() {
    if (bench != null) {
      bench.close();
    }
    if (directory != null) {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
