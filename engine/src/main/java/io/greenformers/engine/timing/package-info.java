/**
 * Times sites alone and models as a whole, so that nothing is factorized that gets slower by it.
 */
@NullMarked
package io.greenformers.engine.timing;

import org.jspecify.annotations.NullMarked;
