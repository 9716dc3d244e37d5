package io.greenformers.core.plan;

import io.greenformers.core.site.Site;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which sites may be factorized.
 *
 * @param kinds the kinds that may
 * @param include glob patterns ({@code *} and {@code ?}) of names that may
 * @param exclude glob patterns of names that may not
 */
public record SiteFilter(Set<Site.Kind> kinds, List<String> include, List<String> exclude) {
  public static final SiteFilter ALL =
      new SiteFilter(Set.of(Site.Kind.values()), List.of("*"), List.of());

  public SiteFilter {
    kinds = Set.copyOf(kinds);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /** Why the site may not be factorized; empty where it may. */
  public Optional<String> objection(Site site) {
    if (site.obstacle().isPresent()) {
      return Optional.of("its weight " + site.obstacle().get());
    }
    if (!kinds.contains(site.kind())) {
      return Optional.of("sites of this kind were not asked for");
    }
    if (include.stream().noneMatch(p -> Glob.matches(p, site.name()))) {
      return Optional.of("no include pattern matches its name");
    }
    return exclude.stream()
        .filter(p -> Glob.matches(p, site.name()))
        .findFirst()
        .map("exclude pattern '%s' matches its name"::formatted);
  }
}
