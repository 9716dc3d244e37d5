/** The packaged service, driven through the SDK. */
@NullMarked
package io.greenformers.it;

import org.jspecify.annotations.NullMarked;
