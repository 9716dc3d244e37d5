/** Inputs for models. */
@NullMarked
package io.greenformers.engine.data;

import org.jspecify.annotations.NullMarked;
