/** What a compressed model does differently from the original, in numbers. */
@NullMarked
package io.greenformers.engine.evaluation;

import org.jspecify.annotations.NullMarked;
