/** The examples of the documentation: compiled, run, and shown by their regions. */
@NullMarked
package io.greenformers.client.snippets;

import org.jspecify.annotations.NullMarked;
