package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;

/** A model in which attention is searched for and rewritten, and what is known of its values. */
record AttentionContext(
    OnnxModel model,
    GraphIndex index,
    Neighbours graph,
    SymbolicShapes shapes,
    FloatConstants constants) {

  static AttentionContext of(OnnxModel model) {
    GraphIndex index = GraphIndex.of(model);
    return new AttentionContext(
        model,
        index,
        new Neighbours(index),
        SymbolicShapes.of(model, index),
        new FloatConstants(model, index));
  }
}
