/** The fields of a request, and where it goes, as options. */
@NullMarked
package io.greenformers.cli.options;

import org.jspecify.annotations.NullMarked;
