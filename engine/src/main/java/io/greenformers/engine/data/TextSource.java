package io.greenformers.engine.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads texts. */
record TextSource(ExampleSets.Reading reading) implements ExampleSource<TextExample> {
  @Override
  public void read(Path file, boolean labelled, Consumer<TextExample> examples) {
    Optional<TextFormat> format = reading.format();
    new ExampleFile(file, format, reading.columns(), reading.task(), labelled).forEach(examples);
  }

  @Override
  public long hash(TextExample example, long seed) {
    return ContentHash.of(example, seed);
  }

  @Override
  public void requireVariety(List<TextExample> examples, String field) {
    LabelVariety.require(examples, field);
  }
}
