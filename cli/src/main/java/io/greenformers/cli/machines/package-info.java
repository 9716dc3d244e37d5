/** Machines that share a training: who joins, what they are given, and who is lost. */
@NullMarked
package io.greenformers.cli.machines;

import org.jspecify.annotations.NullMarked;
