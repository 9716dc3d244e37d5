/** What the command line says, and how it ends. */
@NullMarked
package io.greenformers.cli.terminal;

import org.jspecify.annotations.NullMarked;
