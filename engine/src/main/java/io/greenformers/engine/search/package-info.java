/** Finds ranks by what they do to the outputs of the model. */
@NullMarked
package io.greenformers.engine.search;

import org.jspecify.annotations.NullMarked;
