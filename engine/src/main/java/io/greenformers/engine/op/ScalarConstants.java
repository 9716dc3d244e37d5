package io.greenformers.engine.op;

import java.util.OptionalDouble;

/** Constants of one element that training does not change. */
@FunctionalInterface
interface ScalarConstants {
  OptionalDouble find(String name);
}
