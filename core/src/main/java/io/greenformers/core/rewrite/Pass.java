package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.OnnxModel;

/**
 * A change of a graph.
 *
 * <p>Precondition of every pass: the model is valid. Postconditions: the result is valid, has the
 * same inputs and outputs (names, types, dynamic axes), and the given model is not modified.
 */
public interface Pass {
  PassResult apply(OnnxModel model);
}
