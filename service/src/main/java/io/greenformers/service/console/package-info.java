/**
 * The web console: pages of the service for people. They show and do what the API does, through the
 * same services.
 */
@NullMarked
package io.greenformers.service.console;

import org.jspecify.annotations.NullMarked;
