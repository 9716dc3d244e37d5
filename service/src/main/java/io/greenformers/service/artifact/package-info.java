/** Content-addressed storage of everything uploaded or produced. */
@NullMarked
package io.greenformers.service.artifact;

import org.jspecify.annotations.NullMarked;
