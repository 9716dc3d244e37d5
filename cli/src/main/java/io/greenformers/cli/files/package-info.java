/** Where builds, results and temporary files are, and what tells whether they are the same. */
@NullMarked
package io.greenformers.cli.files;

import org.jspecify.annotations.NullMarked;
