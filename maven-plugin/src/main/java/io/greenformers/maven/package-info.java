/** The goal that compresses a model in a build. */
@NullMarked
package io.greenformers.maven;

import org.jspecify.annotations.NullMarked;
