/** Databases for tests: each kind that the service runs on. */
@NullMarked
package io.greenformers.service.database;

import org.jspecify.annotations.NullMarked;
