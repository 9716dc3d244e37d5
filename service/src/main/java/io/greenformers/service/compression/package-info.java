/** Compressions: their states, their durable stages, and how they are followed. */
@NullMarked
package io.greenformers.service.compression;

import org.jspecify.annotations.NullMarked;
