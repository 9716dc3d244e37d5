/** What one tenant or address may take of what all share. */
@NullMarked
package io.greenformers.service.limit;

import org.jspecify.annotations.NullMarked;
