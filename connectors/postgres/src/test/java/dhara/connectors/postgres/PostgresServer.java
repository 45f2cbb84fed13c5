package dhara.connectors.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL in a folder, which can be stopped and started again. */
final class PostgresServer implements AutoCloseable {

  /** The user whose login needs a password; every other one needs none. */
  static final String CLERK = "clerk";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path data;
  private EmbeddedPostgres server;

  private PostgresServer(Path data, EmbeddedPostgres server) {
    this.data = data;
    this.server = server;
  }

  /** Starts a server, or skips the test where there are no binaries for the machine. */
  static PostgresServer start(Path folder) throws IOException, SQLException {
    boolean binaries =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    assumeTrue(binaries, "there are binaries of PostgreSQL for Linux on amd64 only");
    Path data = folder.resolve("postgres");
    PostgresServer started =
        new PostgresServer(
            data,
            EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).start());
    Path access = data.resolve("pg_hba.conf");
    String trusting = Files.readString(access, UTF_8);
    Files.writeString(access, "host all " + CLERK + " all scram-sha-256\n" + trusting, UTF_8);
    started.execute("select pg_reload_conf()");
    return started;
  }

  int port() {
    return server.getPort();
  }

  String uri(String table) {
    return "postgres://localhost:" + port() + "/postgres/" + table + "?user=postgres";
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + port() + "/postgres", "postgres", "");
  }

  void execute(String statement) throws SQLException {
    try (Connection connection = connect();
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  /** The rows of a query, the columns separated by spaces. */
  List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(found.getString(i));
        }
        rows.add(String.join(" ", row));
      }
    }
    return rows;
  }

  /** Waits until a query finds a row. */
  void await(String query) throws SQLException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (rows(query).isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + query);
      }
      execute("select pg_sleep(0.02)");
    }
  }

  /** Ends every connection and stops. */
  void stop() throws IOException {
    server.close();
  }

  /** Starts again, with the same tables at the same port. */
  void startAgain() throws IOException {
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setPort(server.getPort())
            .start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
