/** The compression request: the same document in REST, SDK, CLI ({@code --spec}) and provenance. */
@NullMarked
package io.greenformers.protocol.request;

import org.jspecify.annotations.NullMarked;
