/** What becomes of the embedded database when the disk is full. */
@NullMarked
package io.greenformers.service.disk;

import org.jspecify.annotations.NullMarked;
