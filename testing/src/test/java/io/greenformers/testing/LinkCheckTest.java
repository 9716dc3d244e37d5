package io.greenformers.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LinkCheckTest {
  /** Far fewer than there are: the check found the repository. */
  private static final long FEWEST = 50;

  @TempDir Path directory;

  @Test
  void everyLinkOfTheRepositoryLeadsSomewhere() throws IOException {
    LinkCheck check = LinkCheck.of(Path.of(".."));
    assertThat(check.links()).isGreaterThan(FEWEST);
    assertThat(check.broken()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a](docs/other.md)",
        "[a](docs/other.md#two-words--and-code)",
        "[a](docs/other.md#twice-1)",
        "[a](#here-_-ünder)",
        "[a](/docs/other.md)",
        "[a](docs)",
        "![a](docs/with%20space.png)",
        "[a]: docs/other.md\n[a]",
        "<https://example.org/a#b>",
        "`[a](nowhere.md)`",
        "    [a](nowhere.md)",
        "```\n[a](nowhere.md)\n```"
      })
  void whatLeadsSomewhereIsFine(String text) throws IOException {
    assertThat(check(text).broken()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [a](nowhere.md)                    | expected a file or folder, found none
          ![a](docs/none.png)                | expected a file or folder, found none
          [a](docs/other.md#three-words)     | expected a heading #three-words in docs/other.md
          [a](#twice-2)                      | expected a heading #twice-2 in page.md
          [a](docs/with%20space.png#a)       | expected a heading #a in docs/with space.png
          [a](../outside.md)                 | expected a file of the repository
          [a](https:example.org)             | expected http(s)://host
          [a](file:///etc/passwd)            | expected http(s)://host
          [a](<docs/with space.png>)         | expected a URL or a path
          [a]: none.md                       | expected a file or folder, found none
          """)
  void whatLeadsNowhereIsNamedWithItsLine(String link, String problem) throws IOException {
    String text = link.startsWith("[a]:") ? "a\nb [a]\n\n" + link : "a\nb " + link;
    assertThat(check(text).broken())
        .singleElement()
        .asString()
        .startsWith("page.md:4: '")
        .contains(problem);
  }

  @Test
  void whatIsBuiltOrHiddenIsNotLookedAt() throws IOException {
    for (String folder : new String[] {"target", ".hidden"}) {
      Files.writeString(
          Files.createDirectories(directory.resolve(folder)).resolve("a.md"), "[a](b)");
    }
    assertThat(LinkCheck.of(directory).links()).isZero();
  }

  /** The links are in a page whose text begins in its third line. */
  private LinkCheck check(String text) throws IOException {
    Path docs = Files.createDirectories(directory.resolve("docs"));
    Files.writeString(
        docs.resolve("other.md"), "# Two *words* & `and code`\n\n## Twice\n\nTwice\n---\n");
    Files.write(docs.resolve("with space.png"), new byte[0]);
    Files.writeString(directory.resolve("page.md"), "# Here _ Ünder!\n\n" + text + "\n");
    return LinkCheck.of(directory);
  }
}
