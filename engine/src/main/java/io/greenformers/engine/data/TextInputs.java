package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Tokens as what a model takes. Immutable. */
final class TextInputs {
  private static final FilledInput MASK =
      new FilledInput(
          new InputSpec(
              "attention_mask",
              ElementType.INT64,
              List.of(new Dimension.Dynamic(""), new Dimension.Dynamic(""))),
          TokenInput.MASK);

  private final List<FilledInput> filled;
  private final List<NeutralInput> neutral;
  private final Map<String, Long> bounds;
  private final boolean pads;
  private final OptionalInt fixedLength;

  /**
   * Prepares inputs.
   *
   * @param specs the model's inputs: token ids, and masks, segments, positions and an empty cache
   *     beside them
   * @param bounds by input name: ids must lie in [0, bound)
   * @throws InvalidDatasetException if the model takes what no text gives
   */
  TextInputs(List<InputSpec> specs, Map<String, Long> bounds) {
    this.filled = FilledInput.of(specs.stream().filter(spec -> !NeutralInput.is(spec)).toList());
    this.neutral = specs.stream().filter(NeutralInput::is).map(NeutralInput::new).toList();
    this.bounds = Map.copyOf(bounds);
    this.pads = idsHaveAMask(false) && idsHaveAMask(true);
    this.fixedLength =
        filled.stream()
            .flatMapToInt(input ->
                input.spec().shape().getLast() instanceof Dimension.Fixed(long size)
                    ? IntStream.of(Math.toIntExact(size))
                    : IntStream.empty())
            .min();
    if (fixedLength.isPresent() && !pads) {
      throw new InvalidDatasetException(
          "dataset-not-for-model",
          "expected a free length, or an attention_mask to hide what is padded to %d tokens, found neither; export the model with one, or leave 'data' out to measure on random inputs"
              .formatted(fixedLength.getAsInt()));
    }
  }

  private boolean idsHaveAMask(boolean ofDecoder) {
    return filled.stream().noneMatch(input -> input.holds(TokenInput.IDS, ofDecoder))
        || filled.stream().anyMatch(input -> input.holds(TokenInput.MASK, ofDecoder));
  }

  /** Whether texts of different lengths may be in one batch. */
  boolean pads() {
    return pads;
  }

  /** Whether the model takes one text at a time only. */
  boolean isOfOneText() {
    return filled.stream().anyMatch(i -> i.spec().shape().getFirst() instanceof Dimension.Fixed);
  }

  /** Tokens after which a text is truncated: as asked for, or fewer where the model takes fewer. */
  int mostTokens(int asked) {
    return Math.min(asked, fixedLength.orElse(asked));
  }

  /** What a text becomes in a batch where it is the longest. */
  int paddedLength(int tokens) {
    return fixedLength.orElse(tokens);
  }

  /** How many ids the model knows; very many where its graph does not say. */
  long knownIds() {
    return filled.stream()
        .filter(input -> input.content() == TokenInput.IDS)
        .mapToLong(input -> bounds.getOrDefault(input.name(), Long.MAX_VALUE))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /**
   * Checks tokens against what the model knows.
   *
   * @throws InvalidDatasetException at the first text that does not fit, with its line
   */
  void require(List<Encoded> texts) {
    for (Encoded text : texts) {
      filled.forEach(input -> require(text, input));
    }
  }

  private void require(Encoded text, FilledInput input) {
    OptionalLong bound = bound(input);
    for (int i = 0; bound.isPresent() && i < text.length(); i++) {
      long value = input.content().value(text.tokens(), i);
      if (value < 0 || value >= bound.getAsLong()) {
        throw beyond(text.example(), input, bound.getAsLong(), value);
      }
    }
  }

  private static InvalidDatasetException beyond(
      TextExample text, FilledInput input, long bound, long value) {
    boolean tooLong = input.content() == TokenInput.POSITIONS;
    return new InvalidDatasetException(
        tooLong ? "dataset-texts-too-long" : "tokenizer-not-of-model",
        "the text at line %d, input '%s': expected values below %d, found %d; %s"
            .formatted(
                text.line(),
                input.name(),
                bound,
                value,
                tooLong
                    ? "lower data.maxLength"
                    : "give the tokenizer that the model was trained with"));
  }

  private OptionalLong bound(FilledInput input) {
    Long bound = bounds.get(input.name());
    return bound == null ? OptionalLong.empty() : OptionalLong.of(bound);
  }

  /**
   * One batch, padded to its longest text, or to the length that the model takes.
   *
   * @param padding the id that fills it; 0 where the model does not know it: a mask hides it
   */
  TextBatch batch(List<Encoded> texts, int padding) {
    int length = paddedLength(texts.stream().mapToInt(Encoded::length).max().orElseThrow());
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (FilledInput input : filled) {
      boolean known = bound(input).isEmpty() || padding < bound(input).getAsLong();
      inputs.put(input.name(), tensor(input, texts, length, known ? padding : 0));
    }
    neutral.forEach(n -> inputs.put(n.spec().name(), n.tensor(texts.size())));
    List<TextExample> examples = texts.stream().map(Encoded::example).toList();
    boolean ofPlaces = texts.stream().allMatch(t -> t.tokens().hasTargets());
    return new TextBatch(
        inputs,
        tensor(MASK, texts, length, padding),
        examples,
        ofPlaces ? new Targets.Places(targets(texts, length)) : Targets.of(examples));
  }

  private static Tensor tensor(FilledInput input, List<Encoded> texts, int length, int padding) {
    TokenInput content = input.content();
    ElementType type = input.spec().type();
    ByteBuffer bytes = buffer(type, texts.size() * length);
    for (Encoded text : texts) {
      for (int i = 0; i < length; i++) {
        long value =
            i < text.length() ? content.value(text.tokens(), i) : content.beyond(i, padding);
        type.put(bytes, (double) value);
      }
    }
    return new Tensor(type, List.of((long) texts.size(), (long) length), bytes.flip());
  }

  private static Tensor targets(List<Encoded> texts, int length) {
    ByteBuffer bytes = buffer(ElementType.INT64, texts.size() * length);
    for (Encoded text : texts) {
      for (int i = 0; i < length; i++) {
        bytes.putLong(i < text.length() ? text.tokens().target(i) : Targets.IGNORED);
      }
    }
    return new Tensor(ElementType.INT64, List.of((long) texts.size(), (long) length), bytes.flip());
  }

  private static ByteBuffer buffer(ElementType type, int elements) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(elements, type.bytes()))
        .order(ByteOrder.nativeOrder());
  }
}
