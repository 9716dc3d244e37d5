/** ONNX models: reading, validating, indexing, editing and writing them. */
@NullMarked
package io.greenformers.core.onnx;

import org.jspecify.annotations.NullMarked;
