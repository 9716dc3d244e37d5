/** The chart as Kubernetes sees it, and as the service is. */
@NullMarked
package io.greenformers.deployment;

import org.jspecify.annotations.NullMarked;
