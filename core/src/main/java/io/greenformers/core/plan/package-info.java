/** Which sites are factorized, to which rank, and why. */
@NullMarked
package io.greenformers.core.plan;

import org.jspecify.annotations.NullMarked;
