/** The command line. */
@NullMarked
package io.greenformers.cli;

import org.jspecify.annotations.NullMarked;
