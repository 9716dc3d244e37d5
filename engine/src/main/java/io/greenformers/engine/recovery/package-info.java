/** Trains a compressed model, the student, with the original as its teacher. */
@NullMarked
package io.greenformers.engine.recovery;

import org.jspecify.annotations.NullMarked;
