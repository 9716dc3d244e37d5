package io.greenformers.engine.data;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads rows on a thread of its own, and gives up when none comes: a damaged Parquet file can keep
 * its library busy for ever. What it is busy with ends with the process, which a refusal ends.
 */
final class WatchedRows implements RowReader {
  private static final int CHUNK = 256;
  private static final int CHUNKS = 4;

  private final BlockingQueue<Message> messages = new ArrayBlockingQueue<>(CHUNKS);
  private final Queue<Row> rows = new ArrayDeque<>();
  private final Duration patience;
  private final Thread thread;
  private final List<String> columns;
  private boolean ended;

  /** Opens the reader that is watched. */
  @FunctionalInterface
  interface Opening {
    RowReader open() throws IOException;
  }

  private sealed interface Message {
    record Columns(List<String> names) implements Message {}

    record Rows(List<Row> rows) implements Message {}

    record End() implements Message {}

    record Failed(Throwable cause) implements Message {}
  }

  /**
   * Opens a reader.
   *
   * @param patience how long to wait for 256 rows
   */
  WatchedRows(Opening opening, Duration patience) throws IOException {
    this.patience = patience;
    this.thread = Thread.ofPlatform().daemon().name("rows").start(() -> read(opening));
    this.columns = take() instanceof Message.Columns(List<String> names) ? names : List.of();
  }

  private void read(Opening opening) {
    try {
      try (RowReader reader = opening.open()) {
        messages.put(new Message.Columns(reader.columns()));
        List<Row> chunk = new ArrayList<>();
        for (Optional<Row> row = reader.next(); row.isPresent(); row = reader.next()) {
          chunk.add(row.get());
          if (chunk.size() == CHUNK) {
            messages.put(new Message.Rows(List.copyOf(chunk)));
            chunk.clear();
          }
        }
        messages.put(new Message.Rows(chunk));
        messages.put(new Message.End());
      } catch (IOException | RuntimeException | Error e) {
        messages.put(new Message.Failed(e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public Optional<Row> next() throws IOException {
    while (rows.isEmpty() && !ended) {
      switch (take()) {
        case Message.Rows(List<Row> more) -> rows.addAll(more);
        case Message.End e -> ended = true;
        case Message.Columns c -> throw new IllegalStateException("columns come once");
        case Message.Failed f -> throw new IllegalStateException("was thrown", f.cause());
      }
    }
    return Optional.ofNullable(rows.poll());
  }

  /** The next message; what the reader has thrown is thrown here. */
  private Message take() throws IOException {
    try {
      Message message = messages.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        thread.interrupt();
        throw new InvalidDatasetException(
            "dataset-malformed",
            "the dataset: expected rows within %d s, found none; its file is damaged: write it again"
                .formatted(patience.toSeconds()));
      }
      if (message instanceof Message.Failed(Throwable cause)) {
        throw thrown(cause);
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading rows", e);
    }
  }

  private static RuntimeException thrown(Throwable cause) throws IOException {
    return switch (cause) {
      case IOException e -> throw e;
      case Error e -> throw e;
      case RuntimeException e -> e;
      default -> new IllegalStateException(cause);
    };
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
