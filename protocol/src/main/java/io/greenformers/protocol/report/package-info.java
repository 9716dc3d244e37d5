/** What programs other than the engine make of {@code report.json}. */
@NullMarked
package io.greenformers.protocol.report;

import org.jspecify.annotations.NullMarked;
