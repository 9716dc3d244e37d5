/** What tests of pages need: a browser, accessibility rules, hostile names. */
@NullMarked
package io.greenformers.testing;

import org.jspecify.annotations.NullMarked;
