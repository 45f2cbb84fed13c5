package dhara.connectors.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a failure of PostgreSQL means.
 *
 * @param state the SQLSTATE, five characters; empty if there is none
 * @param message one line, as the server wrote it
 * @param passes whether the same statement may succeed later
 */
record PostgresFailure(String state, String message, boolean passes) {

  /** The innermost failure that has a state: a pool wraps those of its connections. */
  static PostgresFailure of(SQLException failure) {
    SQLException telling = failure;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && sql.getSQLState() != null) {
        telling = sql;
      }
    }
    String state = telling.getSQLState() == null ? "" : telling.getSQLState();
    return new PostgresFailure(
        state,
        line(telling.getMessage()),
        state.isEmpty() ? telling instanceof SQLTransientException : passes(state));
  }

  /**
   * By the classes of PostgreSQL's appendix A: connections (08), conflicts of transactions (40), a
   * server that is a standby now (25006), resources (53), locks (55P03), a server that stops or
   * starts (57P01 to 57P03), and its disks (58).
   */
  private static boolean passes(String state) {
    return state.startsWith("08")
        || state.startsWith("40")
        || state.equals("25006")
        || state.startsWith("53")
        || state.equals("55P03")
        || state.startsWith("57P0")
        || state.startsWith("58");
  }

  private static String line(@Nullable String message) {
    return message == null ? "no reason given" : message.lines().findFirst().orElse("");
  }

  /** The failure with what mends it, for a user. */
  String fix(PostgresAddress address) {
    if (state.startsWith("08")) {
      return "PostgreSQL does not answer at "
          + address.hostAndPort()
          + " ("
          + message
          + "); check host and port, that it runs, and sslmode=";
    } else if (state.startsWith("28")) {
      return "PostgreSQL refuses the login (" + message + "); check user= and password=";
    } else if (state.equals("3D000")) {
      return "there is no database "
          + address.database()
          + "; create it: create database "
          + PostgresAddress.quoted(address.database());
    }
    return "PostgreSQL refuses it (" + message + ")";
  }

  /**
   * The failure of a bundle or a read. A user sees its root cause, so it names the table itself.
   */
  IllegalStateException thrown(PostgresAddress address, SQLException failure) {
    IllegalStateException thrown =
        new IllegalStateException(address.source() + ": " + fix(address));
    thrown.addSuppressed(failure);
    return thrown;
  }
}
