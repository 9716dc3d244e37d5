package io.greenformers.protocol.request;

import java.util.List;
import java.util.Optional;

/** The checks that the records of a request share. */
final class Checks {
  private Checks() {}

  static void ratio(String field, Optional<Double> value) {
    value.ifPresent(v -> require(v > 0 && v <= 1, field, "a number in (0, 1]", v));
  }

  static void positive(String field, Optional<Double> value) {
    value.ifPresent(v -> require(v > 0 && Double.isFinite(v), field, "a number above 0", v));
  }

  static void weight(String field, double value) {
    require(value >= 0 && value <= 1000, field, "a number from 0 to 1000", value);
  }

  static void named(String field, Optional<String> value) {
    value.ifPresent(v -> require(!v.isBlank(), field, "a name that is not blank", "nothing"));
  }

  static void positiveInts(String field, List<Integer> values, int most) {
    require(!values.isEmpty() && values.size() <= 16, field, "1 to 16 entries", values);
    values.forEach(v -> require(v > 0 && v <= most, field, "numbers from 1 to " + most, v));
  }

  static void require(boolean holds, String field, String expected, Object found) {
    if (!holds) {
      throw new InvalidRequestException(field, expected, found);
    }
  }
}
