package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts as a model's inputs.
 *
 * <p>Texts are sorted by their length in tokens and cut into batches. A model that takes a mask has
 * the shorter texts of a batch padded at the end; for one without, a batch holds texts of one
 * length only, since nothing would keep it from reading the padding. The same texts make the same
 * batches.
 */
public final class TextBatches {
  private static final int MOST_TEXTS = 32;
  private static final int MOST_TOKENS = 8192;

  private final List<InputSpec> specs;
  private final Map<String, Long> bounds;
  private final boolean pads;

  /**
   * Prepares inputs.
   *
   * @param specs the model's inputs: token ids, and masks, segments and positions beside them
   * @param bounds by input name: ids must lie in [0, bound)
   * @throws InvalidDatasetException if the model takes what no text gives
   */
  public TextBatches(List<InputSpec> specs, Map<String, Long> bounds) {
    this.specs = List.copyOf(specs);
    this.bounds = Map.copyOf(bounds);
    this.specs.forEach(TextBatches::content);
    this.pads =
        hasMaskFor("input_ids", "attention_mask")
            && hasMaskFor("decoder_input_ids", "decoder_attention_mask");
  }

  private boolean hasMaskFor(String ids, String mask) {
    return specs.stream().noneMatch(s -> s.name().equals(ids))
        || specs.stream().anyMatch(s -> s.name().equals(mask));
  }

  /**
   * Batches of texts; those that have no token at all are left out.
   *
   * @param maxLength tokens after which a text is truncated
   * @throws InvalidDatasetException if the tokenizer cannot be used with this model
   */
  public List<TextBatch> of(List<TextExample> examples, Path tokenizer, int maxLength) {
    try (TextTokenizer reader = TextTokenizer.read(tokenizer, maxLength)) {
      List<Tokens> tokens = reader.encode(examples);
      List<Encoded> sorted = new ArrayList<>();
      for (int i = 0; i < examples.size(); i++) {
        if (tokens.get(i).length() > 0) {
          sorted.add(new Encoded(examples.get(i), tokens.get(i)));
        }
      }
      sorted.sort(Comparator.comparingInt(Encoded::length));
      return batches(sorted, reader.padding());
    }
  }

  private record Encoded(TextExample example, Tokens tokens) {
    int length() {
      return tokens.length();
    }
  }

  private List<TextBatch> batches(List<Encoded> sorted, int padding) {
    List<TextBatch> batches = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      if (to == sorted.size() || !fits(sorted.subList(from, to), sorted.get(to))) {
        batches.add(batch(sorted.subList(from, to), padding));
        from = to;
      }
    }
    return List.copyOf(batches);
  }

  /** Whether a text that is at least as long as those in the batch may come to them. */
  private boolean fits(List<Encoded> batch, Encoded next) {
    return batch.size() < MOST_TEXTS
        && (batch.size() + 1) * next.length() <= MOST_TOKENS
        && (pads || batch.getFirst().length() == next.length());
  }

  private TextBatch batch(List<Encoded> texts, int padding) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    specs.forEach(spec -> inputs.put(spec.name(), tensor(spec, content(spec), texts, padding)));
    InputSpec mask =
        new InputSpec(
            "attention_mask",
            ElementType.INT64,
            List.of(new Dimension.Dynamic(""), new Dimension.Dynamic("")));
    return new TextBatch(
        inputs,
        tensor(mask, content(mask), texts, padding),
        texts.stream().map(Encoded::example).toList());
  }

  private Tensor tensor(InputSpec spec, Content content, List<Encoded> texts, int padding) {
    int length = texts.getLast().length();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(texts.size() * length * spec.type().bytes())
            .order(ByteOrder.nativeOrder());
    for (Encoded text : texts) {
      for (int i = 0; i < length; i++) {
        long value =
            i < text.length()
                ? inBounds(spec, content, content.value(text.tokens(), i))
                : content.beyond(i, inBounds(spec, padding));
        spec.type().put(bytes, (double) value);
      }
    }
    return new Tensor(spec.type(), List.of((long) texts.size(), (long) length), bytes.flip());
  }

  /** A mask hides the padding: any id does that the model knows. */
  private int inBounds(InputSpec spec, int padding) {
    Long bound = bounds.get(spec.name());
    return bound == null || padding < bound ? padding : 0;
  }

  private long inBounds(InputSpec spec, Content content, long value) {
    Long bound = bounds.get(spec.name());
    if (bound == null || (value >= 0 && value < bound)) {
      return value;
    }
    boolean tooLong = content == Content.POSITIONS;
    throw new InvalidDatasetException(
        tooLong ? "dataset-texts-too-long" : "tokenizer-not-of-model",
        "input '%s': expected values below %d, found %d; %s"
            .formatted(
                spec.name(),
                bound,
                value,
                tooLong
                    ? "lower data.maxLength"
                    : "give the tokenizer that the model was trained with"));
  }

  /** What an input holds at a place of a text. */
  private enum Content {
    IDS,
    MASK,
    SEGMENTS,
    POSITIONS;

    long value(Tokens text, int position) {
      return switch (this) {
        case IDS -> text.id(position);
        case MASK -> 1;
        case SEGMENTS -> text.type(position);
        case POSITIONS -> position;
      };
    }

    long beyond(int position, int padding) {
      return switch (this) {
        case IDS -> padding;
        case MASK, SEGMENTS -> 0;
        case POSITIONS -> position;
      };
    }
  }

  private static Content content(InputSpec spec) {
    if (!spec.shape().stream().allMatch(Dimension.Dynamic.class::isInstance)
        || spec.shape().size() != 2) {
      throw new InvalidDatasetException(
          "dataset-not-for-model",
          "input '%s': expected [batch, sequence] with both sizes free, found %s; leave 'data' out to measure on random inputs"
              .formatted(spec.name(), spec.shape()));
    }
    return switch (spec.name()) {
      case "input_ids", "decoder_input_ids" -> Content.IDS;
      case "attention_mask", "decoder_attention_mask" -> Content.MASK;
      case "token_type_ids" -> Content.SEGMENTS;
      case "position_ids" -> Content.POSITIONS;
      default ->
          throw new InvalidDatasetException(
              "dataset-not-for-model",
              "input '%s': expected a model that takes input_ids, attention_mask, token_type_ids or position_ids; leave 'data' out to measure on random inputs"
                  .formatted(spec.name()));
    };
  }
}
