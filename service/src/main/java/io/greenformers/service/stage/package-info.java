/** Runs one stage in an engine child of its own. */
@NullMarked
package io.greenformers.service.stage;

import org.jspecify.annotations.NullMarked;
