/**
 * A {@link io.greenformers.client.GreenformersClient} as a bean of Spring Boot applications, made
 * from the properties {@code greenformers.client.*}.
 */
@NullMarked
package io.greenformers.spring;

import org.jspecify.annotations.NullMarked;
