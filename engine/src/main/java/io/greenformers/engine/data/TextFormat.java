package io.greenformers.engine.data;

/** How a file holds texts. */
public enum TextFormat {
  /** One text per line; blank lines are none. */
  TEXT,
  /** RFC 4180 with a header: quoted fields may hold commas, quotes and line breaks. */
  CSV,
  /** Fields separated by tabs, with a header; a row is a line. */
  TSV,
  /** One JSON object per line. */
  JSONL,
  /** Apache Parquet; rows are numbered from 1. */
  PARQUET
}
