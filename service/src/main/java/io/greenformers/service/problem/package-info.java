/** Errors as RFC 9457 problems. */
@NullMarked
package io.greenformers.service.problem;

import org.jspecify.annotations.NullMarked;
