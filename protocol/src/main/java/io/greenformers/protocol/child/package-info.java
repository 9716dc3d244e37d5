/**
 * The conversation between a parent (service, CLI) and its disposable engine child.
 *
 * <p>The parent writes one {@link io.greenformers.protocol.child.StageRequest} as a JSON line on
 * the child's standard input and keeps it open; the child answers with one {@link
 * io.greenformers.protocol.child.ChildMessage} per line on standard output.
 */
@NullMarked
package io.greenformers.protocol.child;

import org.jspecify.annotations.NullMarked;
