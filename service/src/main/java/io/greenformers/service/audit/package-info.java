/** Who did what to which id. */
@NullMarked
package io.greenformers.service.audit;

import org.jspecify.annotations.NullMarked;
