package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.OnnxModel;

/**
 * What a pass made.
 *
 * @param changed false where {@code model} is the one that was given
 */
public record PassResult(OnnxModel model, boolean changed) {}
