/** What commands do: on this machine, through a service, or by a process of the service. */
@NullMarked
package io.greenformers.cli.run;

import org.jspecify.annotations.NullMarked;
