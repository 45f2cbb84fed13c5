package dhara.connectors.postgres;

import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.WrittenRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Rows that {@link PostgresRows} has written to a table and those whose names extend its name, one
 * for each key. A table is read in one transaction, because a row that is updated moves: if its
 * parts were read one after the other, rows would be missed.
 */
final class TableResults implements ResultSet {

  private static final String TABLES =
      """
      select c.relname, pg_table_size(c.oid)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relkind in ('r', 'p')
        and (c.relname = ? or starts_with(c.relname, ?))
      """;

  private final Endpoint endpoint;
  private final PostgresAddress address;

  /** Their sizes in bytes. */
  private final NavigableMap<String, Long> names;

  private TableResults(
      Endpoint endpoint, PostgresAddress address, NavigableMap<String, Long> names) {
    this.endpoint = endpoint;
    this.address = address;
    this.names = names;
  }

  static TableResults of(Endpoint endpoint) {
    PostgresAddress address = PostgresAddress.of(endpoint, "");
    NavigableMap<String, Long> names =
        PostgresQuestions.ask(endpoint, address, connection -> tables(connection, address));
    if (!names.containsKey("")) {
      throw endpoint.bad("there is no table " + address.qualified());
    }
    return new TableResults(endpoint, address, names);
  }

  private static NavigableMap<String, Long> tables(Connection connection, PostgresAddress address)
      throws SQLException {
    NavigableMap<String, Long> names = new TreeMap<>();
    try (PreparedStatement query = connection.prepareStatement(TABLES)) {
      query.setString(1, address.schema());
      query.setString(2, address.table());
      query.setString(3, address.table() + "_");
      try (java.sql.ResultSet found = query.executeQuery()) {
        while (found.next()) {
          String table = found.getString(1);
          String name =
              table.equals(address.table()) ? "" : table.substring(address.table().length() + 1);
          names.put(name.replace('_', '-'), found.getLong(2));
        }
      }
    }
    return names;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NavigableSet<String> names() {
    return Collections.unmodifiableNavigableSet(names.navigableKeySet());
  }

  /** False, because unrelated tables may begin with this one's name. */
  @Override
  public boolean namesOutputs() {
    return false;
  }

  @Override
  public boolean textual(Iterable<String> ofNames) {
    return false;
  }

  @Override
  public long bytes(Iterable<String> ofNames) {
    long bytes = 0;
    for (String name : ofNames) {
      bytes += names.getOrDefault(name, 0L);
    }
    return bytes;
  }

  @Override
  public <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> called,
      WrittenRow.Reader<T> reader,
      Coder<T> coder) {
    List<PCollection<T>> all = new ArrayList<>();
    called.forEach(
        (name, ofRows) -> {
          String suffix = name.isEmpty() ? "" : "_" + name.replace('-', '_');
          all.add(
              pipeline
                  .apply(
                      step + "." + ofRows + ".Table",
                      Create.of(ofRows).withCoder(StringUtf8Coder.of()))
                  .apply(
                      step + "." + ofRows + ".Read",
                      ParDo.of(new ReadFn<>(address.withTable(address.table() + suffix), reader)))
                  .setCoder(coder));
        });
    return PCollectionList.of(all).apply(step, Flatten.pCollections()).setCoder(coder);
  }

  /** Reads a table, and gives its rows the name that is its input. */
  private static final class ReadFn<T> extends DoFn<String, T> {

    private static final long serialVersionUID = 1L;

    private final PostgresAddress address;
    private final WrittenRow.Reader<T> reader;
    private final Counter read = Metrics.counter("dhara", "read");

    ReadFn(PostgresAddress address, WrittenRow.Reader<T> reader) {
      this.address = address;
      this.reader = reader;
    }

    @ProcessElement
    public void process(@Element String name, OutputReceiver<T> out) throws InterruptedException {
      try (Connection connection = StoredRows.snapshot(address)) {
        TableShape shape =
            TableShape.of(connection, address)
                .orElseThrow(
                    () -> new IllegalStateException(address.source() + ": there is no such table"));
        new StoredRows(address, shape, name)
            .read(
                connection,
                "",
                List.of(),
                row -> {
                  read.inc();
                  T value = reader.read(row);
                  if (value != null) {
                    out.output(value);
                  }
                });
        connection.commit();
      } catch (SQLException e) {
        throw PostgresFailure.of(e).thrown(address, e);
      }
    }
  }
}
