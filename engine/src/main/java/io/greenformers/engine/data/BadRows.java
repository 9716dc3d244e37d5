package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.List;

/** Rows that cannot be used: the first few, and how many. */
final class BadRows {
  private static final int SHOWN = 10;

  private final String place;
  private final List<String> shown = new ArrayList<>();
  private long count;

  BadRows() {
    this("line");
  }

  /**
   * None yet.
   *
   * @param place what rows are counted in: {@code line}, or {@code row} where there are no lines
   */
  BadRows(String place) {
    this.place = place;
  }

  void add(long line, String problem) {
    count++;
    if (shown.size() < SHOWN) {
      shown.add("%s %d: %s".formatted(place, line, problem));
    }
  }

  /**
   * Ends the reading if there were any: what is left of a dataset without its bad rows is another
   * dataset, and nobody asked for it.
   *
   * @throws InvalidDatasetException with the first ten and the count
   */
  void refuse(String code) {
    if (count > 0) {
      throw new InvalidDatasetException(
          code,
          "the dataset: %d %s cannot be used; %s%s"
              .formatted(
                  count,
                  count == 1 ? "row" : "rows",
                  String.join("; ", shown),
                  count > SHOWN ? "; …" : ""));
    }
  }
}
