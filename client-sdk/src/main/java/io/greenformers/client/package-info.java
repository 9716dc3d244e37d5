/**
 * A client for a Greenformers service. Start at {@link io.greenformers.client.GreenformersClient}.
 *
 * <p>Everything here is immutable or thread-safe, and nothing depends on other Greenformers
 * modules.
 */
@NullMarked
package io.greenformers.client;

import org.jspecify.annotations.NullMarked;
