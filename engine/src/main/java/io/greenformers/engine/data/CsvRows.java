package io.greenformers.engine.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** RFC 4180 with a header. */
final class CsvRows implements RowReader {
  private final Path file;
  private final BufferedReader reader;
  private final Iterator<CsvRecord> records;
  private final Header header;
  private long line = 1;

  CsvRows(Path file) throws IOException {
    this.file = file;
    this.reader = Lines.reader(file);
    this.records = csv(reader).iterator();
    this.header = new Header(record().map(CsvRecord::getFields).orElse(List.of()));
  }

  @Override
  public List<String> columns() {
    return header.names();
  }

  @Override
  public Optional<Row> next() throws IOException {
    return record().map(r -> header.row(r.getStartingLineNumber(), r.getFields()));
  }

  private static CsvReader<CsvRecord> csv(BufferedReader reader) {
    return CsvReader.builder()
        .skipEmptyLines(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false)
        .maxBufferSize(Lines.LONGEST)
        .ofCsvRecord(reader);
  }

  private Optional<CsvRecord> record() throws IOException {
    try {
      if (!records.hasNext()) {
        return Optional.empty();
      }
      CsvRecord next = records.next();
      line = next.getStartingLineNumber();
      return Optional.of(next);
    } catch (CsvParseException e) {
      throw unreadable(e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException coding) {
        throw InvalidDatasetException.notUtf8(file, coding);
      }
      throw e.getCause();
    }
  }

  private InvalidDatasetException unreadable(CsvParseException e) {
    if (e.getCause() instanceof CharacterCodingException coding) {
      return InvalidDatasetException.notUtf8(file, coding);
    }
    return new InvalidDatasetException(
        "dataset-malformed",
        "the dataset, after the row at line %d: expected CSV, with quotes in a quoted field doubled, found: %s"
            .formatted(line, e.getMessage()),
        e);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
