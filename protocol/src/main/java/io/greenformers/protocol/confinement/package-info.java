/**
 * What an engine child may reach: a launcher that gives rights up, to the kernel, and then becomes
 * the child.
 *
 * <p>Only the JDK is used here: the launcher is a JVM of its own, whose start every child waits
 * for.
 */
@NullMarked
package io.greenformers.protocol.confinement;

import org.jspecify.annotations.NullMarked;
