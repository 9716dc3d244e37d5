package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;

/** What an input of a model holds at a place of a text. */
enum TokenInput {
  IDS,
  MASK,
  SEGMENTS,
  POSITIONS;

  /**
   * By the name of the input.
   *
   * @throws InvalidDatasetException if no text gives it
   */
  static TokenInput of(InputSpec spec) {
    if (spec.shape().size() != 2
        || (spec.shape().getFirst() instanceof Dimension.Fixed(long batch) && batch != 1)) {
      throw new InvalidDatasetException(
          "dataset-not-for-model",
          "input '%s': expected [batch, sequence] with a free batch or one of 1, found %s; leave 'data' out to measure on random inputs"
              .formatted(spec.name(), spec.shape()));
    }
    return switch (spec.name()) {
      case "input_ids", "decoder_input_ids" -> IDS;
      case "attention_mask", "decoder_attention_mask" -> MASK;
      case "token_type_ids" -> SEGMENTS;
      case "position_ids" -> POSITIONS;
      default ->
          throw new InvalidDatasetException(
              "dataset-not-for-model",
              "input '%s': expected a model that takes input_ids, attention_mask, token_type_ids, position_ids or a cache (past…); leave 'data' out to measure on random inputs"
                  .formatted(spec.name()));
    };
  }

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
