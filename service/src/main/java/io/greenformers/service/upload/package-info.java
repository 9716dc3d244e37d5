/** Resumable uploads by the tus protocol 1.0. */
@NullMarked
package io.greenformers.service.upload;

import org.jspecify.annotations.NullMarked;
