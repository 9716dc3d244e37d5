package io.greenformers.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a PostgreSQL has been given to write so far.
 *
 * @param transactions that were committed, those that only read included
 * @param rows inserted, updated and deleted
 * @param logBytes of its write-ahead log
 */
record DatabaseWrites(long transactions, long rows, long logBytes) {
  private static final String SQL =
      """
      select xact_commit, tup_inserted + tup_updated + tup_deleted,
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
      from pg_stat_database where datname = current_database()\
      """;

  static DatabaseWrites of(Connection database) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(SQL)) {
      row.next();
      return new DatabaseWrites(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  DatabaseWrites since(DatabaseWrites before) {
    return new DatabaseWrites(
        transactions - before.transactions, rows - before.rows, logBytes - before.logBytes);
  }
}
