/** What a process that is not for everything answers. */
@NullMarked
package io.greenformers.service.role;

import org.jspecify.annotations.NullMarked;
