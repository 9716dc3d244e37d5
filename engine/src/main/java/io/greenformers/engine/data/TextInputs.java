package io.greenformers.engine.data;

import io.greenformers.engine.data.TextTokenizer.Tokens;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Texts as a model's inputs.
 *
 * <p>Texts of one length in tokens make a batch: so there is no padding, and no model's way to
 * treat it changes what is measured.
 */
public final class TextInputs {
  private static final int LARGEST_BATCH = 16;

  private final List<InputSpec> specs;
  private final Map<String, Long> bounds;

  /**
   * Prepares inputs.
   *
   * @param specs the model's inputs: token ids, and masks, segments and positions beside them
   * @param bounds by input name: ids must lie in [0, bound)
   * @throws InvalidDatasetException if the model takes what no text gives
   */
  public TextInputs(List<InputSpec> specs, Map<String, Long> bounds) {
    this.specs = List.copyOf(specs);
    this.bounds = Map.copyOf(bounds);
    this.specs.forEach(TextInputs::content);
  }

  /**
   * Batches of texts that are drawn from a file.
   *
   * @param most how many texts
   * @throws InvalidDatasetException if the file or the tokenizer cannot be used with this model
   */
  public List<Map<String, Tensor>> read(
      Path texts, Path tokenizer, int maxLength, int most, long seed) {
    try (TextTokenizer reader = TextTokenizer.read(tokenizer, maxLength)) {
      Map<Integer, List<Tokens>> byLength = new TreeMap<>();
      reader
          .encode(TextFile.sample(texts, most, seed))
          .forEach(
              t -> byLength.computeIfAbsent(t.ids().size(), length -> new ArrayList<>()).add(t));
      byLength.remove(0);
      return byLength.values().stream().flatMap(same -> batches(same).stream()).toList();
    }
  }

  private List<Map<String, Tensor>> batches(List<Tokens> sameLength) {
    List<Map<String, Tensor>> batches = new ArrayList<>();
    for (int from = 0; from < sameLength.size(); from += LARGEST_BATCH) {
      int to = Math.min(sameLength.size(), from + LARGEST_BATCH);
      batches.add(batch(sameLength.subList(from, to)));
    }
    return batches;
  }

  private Map<String, Tensor> batch(List<Tokens> texts) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    specs.forEach(spec -> inputs.put(spec.name(), tensor(spec, texts)));
    return inputs;
  }

  private Tensor tensor(InputSpec spec, List<Tokens> texts) {
    int length = texts.getFirst().ids().size();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(texts.size() * length * spec.type().bytes())
            .order(ByteOrder.nativeOrder());
    Content content = content(spec);
    for (Tokens text : texts) {
      for (int i = 0; i < length; i++) {
        spec.type().put(bytes, inBounds(spec, content.value(text, i)));
      }
    }
    return new Tensor(spec.type(), List.of((long) texts.size(), (long) length), bytes.flip());
  }

  private double inBounds(InputSpec spec, long value) {
    Long bound = bounds.get(spec.name());
    if (bound != null && (value < 0 || value >= bound)) {
      throw new InvalidDatasetException(
          "tokenizer-not-of-model",
          "input '%s': expected ids below %d, found %d; give the tokenizer that the model was trained with"
              .formatted(spec.name(), bound, value));
    }
    return value;
  }

  private interface Content {
    long value(Tokens text, int position);
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
      case "input_ids", "decoder_input_ids" -> (text, i) -> text.ids().get(i);
      case "attention_mask", "decoder_attention_mask" -> (text, i) -> 1;
      case "token_type_ids" -> (text, i) -> text.types().get(i);
      case "position_ids" -> (text, i) -> i;
      default ->
          throw new InvalidDatasetException(
              "dataset-not-for-model",
              "input '%s': expected a model that takes input_ids, attention_mask, token_type_ids or position_ids; leave 'data' out to measure on random inputs"
                  .formatted(spec.name()));
    };
  }
}
