package dhara.connectors.postgres;

import static dhara.connectors.postgres.PostgresAddress.quoted;

import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.options.SecretReference;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Follows the rows of a table: all of them at first, then those that were written since.
 *
 * <p>A sequence or a time would miss rows, because a transaction that took a lower number may
 * commit after one that was read already. So the position is a snapshot, as PostgreSQL writes it:
 * {@code 712:720:715}, where 715 had not ended among those before 720. Each row names the
 * transaction that wrote it last, and a poll reads the rows whose transaction the last snapshot did
 * not see and the present one does. Each version of a row that a poll can see is read once,
 * whatever the order in which transactions commit; versions that were replaced between two polls
 * are never seen.
 *
 * <p>A standby does not tell which transactions are running, so its snapshots count all of them
 * from the oldest running one on, and rows may be read again.
 *
 * <p>The position belongs to the identity of the table, and ends at the server's last transaction:
 * a table that was created anew, or a database that was set back, is read from the start.
 */
final class TableFeed implements RowFeed {

  private static final int BATCH = 5_000;

  private static final String SNAPSHOT = "snapshot";
  private static final String TABLE = "table";

  /** The present snapshot as a position, and the first transaction that it does not know. */
  private static final String PRESENT =
      """
      select case when pg_is_in_recovery()
          then concat(pg_snapshot_xmin(taken), ':', pg_snapshot_xmin(taken), ':')
          else taken::text end,
        pg_snapshot_xmax(taken)::text
      from pg_current_snapshot() as taken
      """;

  /**
   * The first condition uses the index. Restored rows may name transactions of another server:
   * those that this one has not reached yet are left to later polls.
   */
  private static final String SINCE =
      """
      %1$s >= pg_snapshot_xmin(?::pg_snapshot) and %1$s < ?::xid8
        and not pg_visible_in_snapshot(%1$s, ?::pg_snapshot)
      """
          .formatted(quoted(PostgresTable.WRITTEN_IN));

  private final PostgresAddress address;
  private final String name;
  private final Map<String, String> positions;
  private @Nullable Connection connection;
  private volatile long lag;

  private TableFeed(PostgresAddress address, String name, Map<String, String> positions) {
    this.address = address;
    this.name = name;
    this.positions = new TreeMap<>(positions);
  }

  static TableFeed of(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    return new TableFeed(PostgresAddress.of(endpoint, suffix), name, positions);
  }

  @Override
  public void poll(Duration atMost, Taker taker) throws IOException, InterruptedException {
    boolean done = false;
    try {
      if (connection == null) {
        connection = StoredRows.snapshot(address);
      }
      boolean any = read(connection, taker);
      connection.commit();
      done = true;
      if (!any) {
        TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
      }
    } catch (SQLException e) {
      throw new IOException(address.source() + ": " + PostgresFailure.of(e).fix(address), e);
    } catch (SecretReference.Missing e) {
      throw new IOException(address.source() + ": " + e.getMessage(), e);
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Whether there were rows. */
  private boolean read(Connection from, Taker taker)
      throws SQLException, IOException, InterruptedException {
    String present;
    String next;
    // The first statement of the transaction: what it sees is what the transaction sees.
    try (Statement statement = from.createStatement();
        ResultSet found = statement.executeQuery(PRESENT)) {
      found.next();
      present = found.getString(1);
      next = found.getString(2);
    }
    TableShape shape =
        TableShape.of(from, address)
            .orElseThrow(
                () ->
                    new IOException(
                        address.source() + ": there is no table " + address.qualified()));
    if (!shape.has(PostgresTable.WRITTEN_IN)) {
      throw new IOException(
          "%s: it has no column %s, by which changes are found; let a run create the table"
              .formatted(address.source(), PostgresTable.WRITTEN_IN));
    }
    String since = positions.get(SNAPSHOT);
    boolean anew =
        since == null
            || !positions.get(TABLE).equals(String.valueOf(shape.oid()))
            || Long.parseUnsignedLong(xmax(since)) > Long.parseUnsignedLong(next);
    Reading reading = new Reading(taker);
    lag = anew ? shape.rows() : 0;
    new StoredRows(address, shape, name)
        .read(
            from, anew ? "" : SINCE, anew ? List.of() : List.of(since, next, since), reading::take);
    Map<String, String> reached = Map.of(SNAPSHOT, present, TABLE, String.valueOf(shape.oid()));
    // A table without rows has a position too, so that the one of an earlier table is forgotten.
    if (reading.any || anew) {
      reading.pass(reached);
    }
    positions.putAll(reached);
    lag = 0;
    return reading.any;
  }

  private static String xmax(String snapshot) {
    int first = snapshot.indexOf(':');
    return snapshot.substring(first + 1, snapshot.indexOf(':', first + 1));
  }

  /** The rows of a poll, cut into batches. Only the last one has a position: rows have no order. */
  private final class Reading {

    private final RowFeed.Taker taker;
    private List<WrittenRow> rows = new ArrayList<>();
    private boolean any;

    Reading(RowFeed.Taker taker) {
      this.taker = taker;
    }

    void take(WrittenRow row) throws InterruptedException {
      any = true;
      rows.add(row);
      if (rows.size() == BATCH) {
        pass(Map.of());
      }
    }

    void pass(Map<String, String> reached) throws InterruptedException {
      taker.take(new Batch(rows, true, false, reached, List.of()));
      lag = Math.max(0, lag - rows.size());
      rows = new ArrayList<>();
    }
  }

  @Override
  public long lag() {
    return lag;
  }

  @Override
  public boolean ended() {
    return false;
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // A connection that is broken already is closed.
      } finally {
        connection = null;
      }
    }
  }
}
