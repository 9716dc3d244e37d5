/** What can be configured, and the directory that the service owns. */
@NullMarked
package io.greenformers.service.settings;

import org.jspecify.annotations.NullMarked;
