package io.greenformers.engine.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Reads examples of one kind from files. */
interface ExampleSource<E> {
  /**
   * Reads all of a file.
   *
   * @param labelled whether every example must have a label
   * @param examples is given each, in the order of the file
   * @throws InvalidDatasetException if the file cannot be used
   */
  void read(Path file, boolean labelled, Consumer<E> examples);

  /** A number for what an example says; its label and its place do not count. */
  long hash(E example, long seed);

  /**
   * Checks that labels say something.
   *
   * @param field of the request that names the file
   * @throws InvalidDatasetException if all are one and the same
   */
  void requireVariety(List<E> examples, String field);
}
