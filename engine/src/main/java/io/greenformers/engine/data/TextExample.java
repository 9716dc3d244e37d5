package io.greenformers.engine.data;

import java.util.Optional;

/**
 * A text of a dataset.
 *
 * @param line of its file where it begins, from 1
 * @param pair the second text, where a model takes two
 * @param label the index of the right class, from 0; none where labels were not asked for
 */
public record TextExample(long line, String text, Optional<String> pair, Optional<Integer> label) {}
