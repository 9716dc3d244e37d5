/** libtorch: threads, devices, scopes of native memory, tensors from and to our own forms. */
@NullMarked
package io.greenformers.engine.torch;

import org.jspecify.annotations.NullMarked;
