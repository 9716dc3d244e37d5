/** Uploaded texts, ready tensors and tokenizers. */
@NullMarked
package io.greenformers.service.dataset;

import org.jspecify.annotations.NullMarked;
