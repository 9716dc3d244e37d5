/** Who calls, and what they may: API keys, tokens of an issuer, and the rules of all routes. */
@NullMarked
package io.greenformers.service.access;

import org.jspecify.annotations.NullMarked;
