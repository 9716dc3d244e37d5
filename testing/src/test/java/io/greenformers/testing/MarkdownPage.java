package io.greenformers.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A Markdown file: where it leads, and by which anchors one gets into it.
 *
 * @param references of its links and images, in their order; those in code are none
 * @param anchors of its headings, as GitHub makes them
 */
record MarkdownPage(List<Reference> references, Set<String> anchors) {
  private static final Parser PARSER =
      Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES).build();

  /**
   * Where a link or an image leads.
   *
   * @param line it begins in, from 1
   */
  record Reference(int line, String target) {}

  static MarkdownPage read(Path file) throws IOException {
    Collector collector = new Collector();
    PARSER.parse(Files.readString(file)).accept(collector);
    return new MarkdownPage(collector.references, collector.anchors);
  }

  private static final class Collector extends AbstractVisitor {
    private final List<Reference> references = new ArrayList<>();
    private final Set<String> anchors = new HashSet<>();

    @Override
    public void visit(Link link) {
      add(link, link.getDestination());
    }

    @Override
    public void visit(Image image) {
      add(image, image.getDestination());
    }

    private void add(Node node, String target) {
      references.add(new Reference(node.getSourceSpans().getFirst().getLineIndex() + 1, target));
      visitChildren(node);
    }

    /** The second heading of the same words has {@code -1} at its end, and so on. */
    @Override
    public void visit(Heading heading) {
      StringBuilder text = new StringBuilder();
      heading.accept(new Words(text));
      String anchor =
          text.toString()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc}\\- ]", "")
              .replace(' ', '-');
      String unique = anchor;
      for (int n = 1; !anchors.add(unique); n++) {
        unique = anchor + "-" + n;
      }
      visitChildren(heading);
    }
  }

  /** What is written somewhere, without how. */
  private static final class Words extends AbstractVisitor {
    private final StringBuilder words;

    Words(StringBuilder words) {
      this.words = words;
    }

    @Override
    public void visit(Text text) {
      words.append(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
      words.append(code.getLiteral());
    }
  }
}
