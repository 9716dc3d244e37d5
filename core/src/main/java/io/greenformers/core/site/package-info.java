/** The places of a model whose weights may be factorized. */
@NullMarked
package io.greenformers.core.site;

import org.jspecify.annotations.NullMarked;
