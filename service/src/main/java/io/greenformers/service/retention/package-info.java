/** What is old goes, what is in use stays. */
@NullMarked
package io.greenformers.service.retention;

import org.jspecify.annotations.NullMarked;
