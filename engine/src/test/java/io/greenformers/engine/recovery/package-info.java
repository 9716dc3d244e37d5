@NullMarked
package io.greenformers.engine.recovery;

import org.jspecify.annotations.NullMarked;
