/** The engine child: runs, measures and reports on models. */
@NullMarked
package io.greenformers.engine;

import org.jspecify.annotations.NullMarked;
