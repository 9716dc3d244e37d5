package io.greenformers.testing;

import io.greenformers.testing.MarkdownPage.Reference;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the links of a repository's Markdown files that lead nowhere. There is no network in a
 * build: of what is elsewhere only the form is looked at.
 */
final class LinkCheck {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private final Path root;
  private final Map<Path, MarkdownPage> pages;

  private LinkCheck(Path root, Map<Path, MarkdownPage> pages) {
    this.root = root;
    this.pages = pages;
  }

  /** Reads all Markdown files that are neither hidden nor built. */
  static LinkCheck of(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    Map<Path, MarkdownPage> pages = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path place, BasicFileAttributes attributes) {
            String name = place.getFileName().toString();
            boolean isOurs =
                place.equals(root)
                    || name.equals(".github")
                    || !(name.equals("target") || name.startsWith("."));
            return isOurs ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".md")) {
              pages.put(file, MarkdownPage.read(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new LinkCheck(root, pages);
  }

  /** How many links and images there are. */
  long links() {
    return pages.values().stream().mapToLong(page -> page.references().size()).sum();
  }

  /** Each broken one as {@code docs/page.md:12: 'target': expected …, found …}. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    pages.forEach((file, page) -> {
      for (Reference reference : page.references()) {
        problem(file, reference.target())
            .ifPresent(problem ->
                broken.add(
                    "%s:%d: '%s': %s"
                        .formatted(
                            root.relativize(file), reference.line(), reference.target(), problem)));
      }
    });
    return broken;
  }

  private Optional<String> problem(Path file, String target) {
    try {
      URI uri = new URI(target);
      if (uri.isAbsolute()) {
        return SCHEMES.contains(uri.getScheme()) && uri.getHost() != null
            ? Optional.empty()
            : Optional.of("expected http(s)://host…, found something else");
      }
      return problem(place(file, uri.getPath()), Optional.ofNullable(uri.getFragment()));
    } catch (URISyntaxException e) {
      return Optional.of("expected a URL or a path, found neither: " + e.getReason());
    }
  }

  /** GitHub takes a path from {@code /} on as one from the repository's root. */
  private Path place(Path file, String path) {
    if (path.isEmpty()) {
      return file;
    }
    return (path.startsWith("/") ? root.resolve(path.substring(1)) : file.resolveSibling(path))
        .normalize();
  }

  private Optional<String> problem(Path place, Optional<String> anchor) {
    if (!place.startsWith(root)) {
      return Optional.of("expected a file of the repository, found one outside of it");
    }
    if (Files.notExists(place)) {
      return Optional.of("expected a file or folder, found none");
    }
    return anchor
        .filter(name -> !anchors(place).contains(name))
        .map(name ->
            "expected a heading #%s in %s, found %s"
                .formatted(name, root.relativize(place), anchors(place)));
  }

  private Set<String> anchors(Path place) {
    return Optional.ofNullable(pages.get(place)).map(MarkdownPage::anchors).orElse(Set.of());
  }
}
