package dhara.connectors.postgres;

import dhara.connectors.Connector;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.events.DeadLetter;
import dhara.records.RecordCoder;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows to a table.
 *
 * <p>Data: rows → the table, in batches of up to a thousand within a bundle; the highest revision
 * of each key in a batch is written, in the order of the keys, so that two writers do not wait for
 * each other in a circle. Time: none. State: none. A row that PostgreSQL already has, or has a
 * higher revision of, changes nothing: whatever is written twice exists once.
 *
 * <p>If the database cannot be reached or asks to try again, the batch is retried for two minutes,
 * at growing intervals; then the bundle fails, and the engine retries it or fails the run. Any
 * other refusal fails the bundle at once.
 *
 * <p>A row whose key is too long for an index is an answer that is too long: see {@link TooLong}.
 */
final class PostgresRows<T> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  /** The least and the longest pause before a retry. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** How long pauses may take in sum. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final RowFormat<T> rows;
  private final TooLong<T> tooLong;
  private final PostgresAddress address;
  private final TableUpsert upsert;
  private final Duration patience;

  private PostgresRows(
      RowFormat<T> rows,
      TooLong<T> tooLong,
      PostgresAddress address,
      TableUpsert upsert,
      Duration patience) {
    this.rows = rows;
    this.tooLong = tooLong;
    this.address = address;
    this.upsert = upsert;
    this.patience = patience;
  }

  PostgresRows(Connector.Rows<T> rows, PostgresAddress address, TableUpsert upsert) {
    this(rows.format(), rows.tooLong(), address, upsert, PATIENCE);
  }

  /** The same, with another limit to the sum of the pauses before retries. */
  PostgresRows<T> retryingFor(Duration newPatience) {
    return new PostgresRows<>(rows, tooLong, address, upsert, newPatience);
  }

  @Override
  public PCollectionTuple expand(PCollection<T> elements) {
    TupleTag<Void> nothing = new TupleTag<>("nothing") {};
    PCollectionTuple written =
        elements.apply(
            "Postgres",
            ParDo.of(new WriteFn<>(rows, tooLong, address, upsert, patience))
                .withOutputTags(nothing, TupleTagList.of(TooLong.REPLACED)));
    return PCollectionTuple.of(
        TooLong.REPLACED,
        written
            .get(TooLong.REPLACED)
            .setCoder(RecordCoder.of(DeadLetter.class))
            // Like the dead letters of sources, with which they will be merged.
            .apply("Replaced", InGlobalWindow.into()));
  }

  static final class WriteFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresRows.class);

    private static final int MOST_ROWS = 1_000;
    private static final int MOST_CHARACTERS = 4 << 20;

    /** An entry of a B-tree has up to 2,704 bytes, of which the columns' lengths take some. */
    private static final int LONGEST_KEY = 2_500;

    private final RowFormat<T> rows;
    private final TooLong<T> tooLong;
    private final PostgresAddress address;
    private final TableUpsert upsert;
    private final Duration patience;
    private transient @Nullable PostgresPool pool;
    private transient TreeMap<String, Pending> batch;
    private transient int characters;

    WriteFn(
        RowFormat<T> rows,
        TooLong<T> tooLong,
        PostgresAddress address,
        TableUpsert upsert,
        Duration patience) {
      this.rows = rows;
      this.tooLong = tooLong;
      this.address = address;
      this.upsert = upsert;
      this.patience = patience;
    }

    /** A row that is to be written. */
    private record Pending(long revision, String json) {}

    @Setup
    public void open() {
      pool = PostgresPool.open(address);
    }

    @StartBundle
    public void start() {
      batch = new TreeMap<>();
      characters = 0;
    }

    @ProcessElement
    public void process(@Element T element, MultiOutputReceiver out)
        throws IOException, InterruptedException {
      byte[] json = rows.json(element);
      StorableRow row = StorableRow.of(json, upsert.columns());
      int length = row.keyBytes(upsert.columns());
      if (length > LONGEST_KEY) {
        out.get(TooLong.REPLACED).output(replaced(element, json, length));
        return;
      }
      Pending pending = new Pending(row.revision(), row.json());
      Pending there = batch.get(row.key(upsert.columns()));
      if (there == null || there.revision <= pending.revision) {
        batch.put(row.key(upsert.columns()), pending);
        characters += pending.json.length();
      }
      if (batch.size() >= MOST_ROWS || characters >= MOST_CHARACTERS) {
        write();
      }
    }

    private DeadLetter replaced(T element, byte[] json, int length) throws IOException {
      String why =
          "a key of %,d bytes, and a primary key of PostgreSQL takes %,d; write this output to files or a topic"
              .formatted(length, LONGEST_KEY);
      DeadLetter letter =
          tooLong.replaced(element, rows.jsonKey(element), json, address.table(), LONGEST_KEY);
      if (letter == null) {
        throw new IllegalStateException(address.source() + ": " + why);
      }
      LOG.warn("{}: {}; it is a dead letter", letter.input(), why);
      return new DeadLetter(
          letter.input(),
          letter.reason(),
          why,
          address.source(),
          letter.position(),
          letter.seenAt(),
          letter.bytes());
    }

    @FinishBundle
    public void finish() throws IOException, InterruptedException {
      write();
    }

    private void write() throws IOException, InterruptedException {
      if (batch.isEmpty()) {
        return;
      }
      BackOff pauses =
          FluentBackoff.DEFAULT
              .withInitialBackoff(org.joda.time.Duration.millis(FIRST_PAUSE.toMillis()))
              .withMaxBackoff(org.joda.time.Duration.millis(LONGEST_PAUSE.toMillis()))
              .withMaxCumulativeBackoff(org.joda.time.Duration.millis(patience.toMillis()))
              .backoff();
      boolean failed = false;
      while (true) {
        try (Connection connection = pool.connection()) {
          upsert.write(connection, batch.values().stream().map(Pending::json).toList());
          break;
        } catch (SQLException e) {
          PostgresFailure failure = PostgresFailure.of(e);
          if (!failure.passes() || !BackOffUtils.next(Sleeper.DEFAULT, pauses)) {
            throw failure.thrown(address, e);
          }
          if (!failed) {
            LOG.warn("{}: {}; it is tried again", address.source(), failure.fix(address));
          }
          failed = true;
        }
      }
      start();
    }

    @Teardown
    public void close() {
      if (pool != null) {
        pool.close();
        pool = null;
      }
    }
  }
}
