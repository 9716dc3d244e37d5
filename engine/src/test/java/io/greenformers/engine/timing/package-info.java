@NullMarked
package io.greenformers.engine.timing;

import org.jspecify.annotations.NullMarked;
