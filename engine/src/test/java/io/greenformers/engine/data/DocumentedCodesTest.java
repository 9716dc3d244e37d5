package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of datasets explains every code that a dataset or a tokenizer is refused with. */
final class DocumentedCodesTest {
  private static final Pattern IN_CODE =
      Pattern.compile("\"((?:dataset|tokenizer)-[a-z0-9-]*[a-z0-9])\"");
  private static final Pattern IN_PAGE = Pattern.compile("`((?:dataset|tokenizer)-[a-z0-9-]+)`");

  @Test
  void thePageNamesThemAllAndNoOthers() throws IOException {
    Set<String> codes = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        codes.addAll(found(IN_CODE, file));
      }
    }
    assertThat(found(IN_PAGE, Path.of("../docs/datasets.md"))).isEqualTo(codes);
  }

  private static Set<String> found(Pattern pattern, Path file) throws IOException {
    Set<String> codes = new TreeSet<>();
    pattern.matcher(Files.readString(file)).results().forEach(match -> codes.add(match.group(1)));
    return codes;
  }
}
