/** Runs ONNX graphs on libtorch, with gradients: one small converter per operator. */
@NullMarked
package io.greenformers.engine.op;

import org.jspecify.annotations.NullMarked;
