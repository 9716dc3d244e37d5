package io.greenformers.engine.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a file's format: by its extension where that is a known one, else by its first line, since
 * an upload has no name.
 *
 * <p>Parquet begins with its own four bytes. A first line that begins a JSON object is JSONL; one
 * that is a header, with a column that the user named or that has a usual name, is TSV if it has
 * tabs, else CSV. Everything else is plain text, unless columns or labels were asked for, which
 * plain text has not.
 */
final class FormatSniffer {
  private static final int SEEN = 1 << 16;
  private static final Map<String, TextFormat> EXTENSIONS =
      Map.of(
          "txt", TextFormat.TEXT,
          "csv", TextFormat.CSV,
          "tsv", TextFormat.TSV,
          "jsonl", TextFormat.JSONL,
          "ndjson", TextFormat.JSONL,
          "parquet", TextFormat.PARQUET);

  private static final String PARQUET = "PAR1";

  /** What safetensors has after four bytes: the rest of a length, and its header. */
  private static final String SAFETENSORS = "\u0000\u0000\u0000\u0000{";

  /** What files that are no texts begin with. */
  private static final Map<String, String> MAGIC =
      Map.of(
          "PK\u0003\u0004", "a ZIP archive (ready tensors go without data.tokenizer)",
          "\u001f\u008b", "a gzip archive",
          "\u00ff\u00fe", "UTF-16 text",
          "\u00fe\u00ff", "UTF-16 text");

  private FormatSniffer() {}

  static TextFormat find(Path file, TextColumns named, boolean labelled) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(SEEN);
    }
    String begins = new String(bytes, StandardCharsets.ISO_8859_1);
    if (begins.startsWith(PARQUET)) {
      return TextFormat.PARQUET;
    }
    refuseOthers(begins);
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    Optional<TextFormat> byName =
        Optional.ofNullable(EXTENSIONS.get(name.substring(name.lastIndexOf('.') + 1)));
    return byName.orElseGet(
        () -> byContent(firstLine(new String(bytes, StandardCharsets.UTF_8)), named, labelled));
  }

  private static void refuseOthers(String bytes) {
    if (bytes.startsWith(SAFETENSORS, Integer.BYTES)) {
      throw new InvalidDatasetException(
          "dataset-format-unknown",
          "the dataset: expected texts, since there is a data.tokenizer, found safetensors; ready tensors go without data.tokenizer");
    }
    MAGIC.forEach((magic, what) -> {
      if (bytes.startsWith(magic)) {
        throw new InvalidDatasetException(
            what.startsWith("UTF-16") ? "dataset-not-utf8" : "dataset-format-unknown",
            "the dataset: expected Parquet, or plain text, CSV, TSV or JSONL in UTF-8, found %s; convert it"
                .formatted(what));
      }
    });
  }

  private static TextFormat byContent(String line, TextColumns named, boolean labelled) {
    if (line.isEmpty()) {
      throw ExampleFile.empty();
    }
    if (line.startsWith("{")) {
      return TextFormat.JSONL;
    }
    if (line.startsWith("[") && line.stripTrailing().matches("\\[\\s*(\\{.*)?")) {
      throw new InvalidDatasetException(
          "dataset-format-unknown",
          "the dataset: expected one JSON object on each line, found an array; write JSONL");
    }
    List<String> byTabs = TsvRows.split(line);
    if (byTabs.size() > 1 && ColumnGuess.isHeader(byTabs, named)) {
      return TextFormat.TSV;
    }
    List<String> byCommas = List.of(line.replace("\"", "").split(",", -1));
    if (ColumnGuess.isHeader(byCommas, named)) {
      return TextFormat.CSV;
    }
    if (!labelled && !named.areNamed()) {
      return TextFormat.TEXT;
    }
    if (byTabs.size() == 1 && byCommas.size() == 1) {
      throw new InvalidDatasetException(
          "dataset-column-missing",
          "the dataset: expected columns (CSV or TSV with a header, or JSONL), since columns or labels are asked for, found the line %s"
              .formatted(Quoted.of(line)));
    }
    return byTabs.size() > 1 ? TextFormat.TSV : TextFormat.CSV;
  }

  private static String firstLine(String text) {
    return text.replaceFirst("^\ufeff", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("");
  }
}
