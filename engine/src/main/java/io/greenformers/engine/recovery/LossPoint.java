package io.greenformers.engine.recovery;

/**
 * A point of a training's loss curve.
 *
 * @param step the last that counts for it, from 1
 * @param loss mean over its steps
 */
public record LossPoint(long step, double loss) {}
