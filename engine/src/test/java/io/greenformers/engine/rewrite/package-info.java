/** Rewrites of core, checked in ONNX Runtime. */
@NullMarked
package io.greenformers.engine.rewrite;

import org.jspecify.annotations.NullMarked;
