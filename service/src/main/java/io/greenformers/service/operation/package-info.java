/** What operators see: health, metrics, logs, the queue and its workers, the API's description. */
@NullMarked
package io.greenformers.service.operation;

import org.jspecify.annotations.NullMarked;
