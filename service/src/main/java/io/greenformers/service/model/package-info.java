/** Uploaded models and their inspections. */
@NullMarked
package io.greenformers.service.model;

import org.jspecify.annotations.NullMarked;
