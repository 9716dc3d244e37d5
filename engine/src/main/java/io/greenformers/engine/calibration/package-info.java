/** What a model's sites see when it runs on real inputs. */
@NullMarked
package io.greenformers.engine.calibration;

import org.jspecify.annotations.NullMarked;
