/** ONNX graphs for tests, written in code. */
@NullMarked
package io.greenformers.engine.graphs;

import org.jspecify.annotations.NullMarked;
