/** The report as one page: markup that cannot be made without escaping, charts, sections. */
@NullMarked
package io.greenformers.engine.report.page;

import org.jspecify.annotations.NullMarked;
