/** ONNX graphs, factorization and rewriting: plain Java, no runtime, no network. */
@NullMarked
package io.greenformers.core;

import org.jspecify.annotations.NullMarked;
