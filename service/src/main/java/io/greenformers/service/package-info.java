/** The service: REST in front, durable stages behind, engine children below. */
@NullMarked
package io.greenformers.service;

import org.jspecify.annotations.NullMarked;
