/** What travels between the parts of Greenformers: documents, not behaviour. */
@NullMarked
package io.greenformers.protocol;

import org.jspecify.annotations.NullMarked;
