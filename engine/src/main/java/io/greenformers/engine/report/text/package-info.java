/** The report for pull requests and for tools that read test results. */
@NullMarked
package io.greenformers.engine.report.text;

import org.jspecify.annotations.NullMarked;
