/** What a compression returns besides the model: report and manifest. */
@NullMarked
package io.greenformers.engine.report;

import org.jspecify.annotations.NullMarked;
