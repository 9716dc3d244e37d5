package io.greenformers.engine.data;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an input of a model holds at a place of a text. */
enum TokenInput {
  IDS,
  MASK,
  SEGMENTS,
  POSITIONS;

  private static final Map<String, TokenInput> NAMES =
      Map.ofEntries(
          Map.entry("input_ids", IDS),
          Map.entry("decoder_input_ids", IDS),
          Map.entry("input_word_ids", IDS),
          Map.entry("attention_mask", MASK),
          Map.entry("decoder_attention_mask", MASK),
          Map.entry("input_mask", MASK),
          Map.entry("token_type_ids", SEGMENTS),
          Map.entry("segment_ids", SEGMENTS),
          Map.entry("input_type_ids", SEGMENTS),
          Map.entry("position_ids", POSITIONS));

  /** Of TensorFlow's names. */
  private static final Pattern OUTPUT_NUMBER = Pattern.compile(":[0-9]+$");

  /** By the name of the input, as exporters give it. */
  static Optional<TokenInput> named(String name) {
    return Optional.ofNullable(NAMES.get(OUTPUT_NUMBER.matcher(name).replaceFirst("")));
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
