package dhara.connectors.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The connections of a worker to a database, which all its writers share. The last of them that
 * closes it closes the connections.
 *
 * <p>Opening it connects to nothing. A writer holds a connection only while a statement runs, so a
 * few suffice for many writers.
 */
final class PostgresPool implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 4;

  /** How long a writer waits for a connection before it counts as a failed attempt. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration IDLE = Duration.ofMinutes(1);

  private static final Map<PostgresAddress, PostgresPool> POOLS = new HashMap<>();

  private final PostgresAddress server;
  private final HikariDataSource connections;
  private int users;

  private PostgresPool(PostgresAddress server) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(server.dataSource());
    config.setPoolName("dhara-" + server.database());
    config.setMaximumPoolSize(MOST_CONNECTIONS);
    config.setMinimumIdle(0);
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1);
    this.server = server;
    this.connections = new HikariDataSource(config);
  }

  /** The pool of an address' database; close it once. */
  static PostgresPool open(PostgresAddress address) {
    synchronized (POOLS) {
      PostgresPool pool = POOLS.computeIfAbsent(address.server(), PostgresPool::new);
      pool.users++;
      return pool;
    }
  }

  /** A connection that commits each statement; closing it gives it back. */
  Connection connection() throws SQLException {
    return connections.getConnection();
  }

  @Override
  public void close() {
    synchronized (POOLS) {
      users--;
      if (users > 0) {
        return;
      }
      POOLS.remove(server);
    }
    connections.close();
  }
}
