package dhara.connectors.postgres;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.sql.Connection;
import java.sql.SQLException;

/** Queries a database before a run, so that a wrong setup fails at once with a one-line error. */
final class PostgresQuestions {

  /** Snapshots of transactions as 64-bit numbers came with this version. */
  private static final int OLDEST_VERSION = 13;

  private PostgresQuestions() {}

  /** Asks something; the connection commits each statement unless it is told otherwise. */
  @FunctionalInterface
  interface Question<A> {
    A ask(Connection connection) throws SQLException;
  }

  /**
   * Connects and asks.
   *
   * @throws BadOption if the database cannot be reached, is too old, or refuses it
   */
  static <A> A ask(Endpoint endpoint, PostgresAddress address, Question<A> question) {
    try (Connection connection = address.connect()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST_VERSION) {
        throw endpoint.bad(
            "is a database of PostgreSQL "
                + version
                + ", and revisions are followed from version "
                + OLDEST_VERSION
                + " on; upgrade it, or name another one");
      }
      return question.ask(connection);
    } catch (SecretReference.Missing e) {
      throw endpoint.bad(e.getMessage(), e);
    } catch (SQLException e) {
      throw endpoint.bad(PostgresFailure.of(e).fix(address), e);
    }
  }
}
