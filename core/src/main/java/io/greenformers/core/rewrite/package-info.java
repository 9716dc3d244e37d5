/** Passes: graph to graph. */
@NullMarked
package io.greenformers.core.rewrite;

import org.jspecify.annotations.NullMarked;
