/** ONNX Runtime sessions: the only importer of ONNX Runtime. */
@NullMarked
package io.greenformers.engine.runtime;

import org.jspecify.annotations.NullMarked;
