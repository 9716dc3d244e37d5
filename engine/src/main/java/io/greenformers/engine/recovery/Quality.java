package io.greenformers.engine.recovery;

import java.util.Optional;

/**
 * How good a student is on the held-out part of the training set.
 *
 * @param epoch after which; 0 is before the training
 * @param loss of the objective, mean over rows
 * @param accuracy where the rows have a class each
 */
public record Quality(int epoch, double loss, Optional<Double> accuracy) {}
