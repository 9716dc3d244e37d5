/** The command line: its commands. */
@NullMarked
package io.greenformers.cli;

import org.jspecify.annotations.NullMarked;
