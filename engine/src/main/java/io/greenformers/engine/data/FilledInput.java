package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.util.List;
import java.util.Optional;

/** An input of a model that texts fill, and what with. */
record FilledInput(InputSpec spec, TokenInput content) {

  /**
   * All of a model's inputs.
   *
   * @throws InvalidDatasetException if one is not filled by texts
   */
  static List<FilledInput> of(List<InputSpec> specs) {
    return specs.stream().map(spec -> of(spec, specs.size() == 1)).toList();
  }

  /** A single input of integers holds the ids, whatever its name is. */
  private static FilledInput of(InputSpec spec, boolean single) {
    if (spec.shape().size() != 2
        || (spec.shape().getFirst() instanceof Dimension.Fixed(long batch) && batch != 1)) {
      throw notOfTexts(
          "input '%s': expected [batch, sequence] with a free batch or one of 1, found %s"
              .formatted(spec.name(), spec.shape()));
    }
    return TokenInput.named(spec.name())
        .map(content -> new FilledInput(spec, content))
        .or(() ->
            Optional.of(new FilledInput(spec, TokenInput.IDS))
                .filter(ids -> single && !spec.type().isFloating()))
        .orElseThrow(() ->
            notOfTexts(
                "input '%s': expected a model that takes input_ids, attention_mask, token_type_ids, position_ids or a cache (past…)"
                    .formatted(spec.name())));
  }

  private static InvalidDatasetException notOfTexts(String what) {
    return new InvalidDatasetException(
        "dataset-not-for-model", what + "; leave 'data' out to measure on random inputs");
  }

  String name() {
    return spec.name();
  }

  /** Whether it is one that is filled so, of the part of the model that a prefix names. */
  boolean holds(TokenInput what, boolean ofDecoder) {
    return content == what && ofDecoder == name().startsWith("decoder_");
  }
}
