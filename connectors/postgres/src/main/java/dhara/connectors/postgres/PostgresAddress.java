package dhara.connectors.postgres;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A table and how to reach it: {@code postgres://HOST:PORT/DATABASE/SCHEMA/TABLE}. Without a port
 * it is 5432, without a schema {@code public}.
 *
 * <ul>
 *   <li>{@code user=}: the user's name; by default that of the operating system
 *   <li>{@code password=}: {@code env:NAME} or {@code file:/path}, which every worker resolves
 *       itself
 *   <li>{@code sslmode=}: disable, allow, prefer (the default), require, verify-ca or verify-full
 *   <li>{@code sslrootcert=}: the file with the certificates that the server's is checked against
 * </ul>
 *
 * @param host its name or address; one of IPv6 in brackets
 * @param settings the parameters; secrets stay references until {@link #dataSource}
 */
record PostgresAddress(
    String host,
    int port,
    String database,
    String schema,
    String table,
    Map<String, String> settings)
    implements Serializable {

  static final String SHAPE = "postgres://HOST:5432/DATABASE/TABLE";

  private static final int DEFAULT_PORT = 5432;
  private static final int MOST_PORT = 65_535;
  private static final Set<String> SETTINGS = Set.of("user", "password", "sslmode", "sslrootcert");
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private static final Pattern HOST =
      Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:(?<port>\\d{1,5}))?");
  private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_.-]{1,63}");

  /** Names that a query can write without quotes, unless they are words of SQL. */
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*");

  /** PostgreSQL cuts longer names. */
  static final int LONGEST_NAME = 63;

  private static final int CONNECT_SECONDS = 10;

  /** How long an answer may take, so that a server that has vanished is noticed. */
  private static final int ANSWER_SECONDS = 120;

  /**
   * Reads an endpoint.
   *
   * @param suffix of the table, as in {@link dhara.connectors.Connector.Rows}: a hyphen becomes an
   *     underscore
   * @throws BadOption if it is malformed or has unknown parameters
   */
  static PostgresAddress of(Endpoint endpoint, String suffix) {
    endpoint.allow(SETTINGS);
    String[] parts = endpoint.path().split("/", -1);
    if (parts.length < 3 || parts.length > 4) {
      throw endpoint.bad("names no host, database and table; write " + SHAPE);
    }
    Matcher host = HOST.matcher(parts[0]);
    if (!host.matches()) {
      // The text in place of a port may be a password.
      throw endpoint.bad(
          "'" + parts[0].replaceFirst(":(?!\\d*$).*", ":…") + "' is no host; write " + SHAPE);
    }
    int port = host.group("port") == null ? DEFAULT_PORT : Integer.parseInt(host.group("port"));
    if (port < 1 || port > MOST_PORT) {
      throw endpoint.bad("has no port " + port + "; PostgreSQL's is 5432 by default");
    }
    if (!DATABASE.matcher(parts[1]).matches()) {
      throw endpoint.bad("'" + parts[1] + "' is no database's name; write " + SHAPE);
    }
    String mode = endpoint.parameter("sslmode", "prefer");
    if (!SSL_MODES.contains(mode)) {
      throw endpoint.bad(
          "sslmode="
              + mode
              + " is not known; it is disable, allow, prefer, require, verify-ca or verify-full");
    }
    String schema = parts.length == 4 ? name(endpoint, parts[2]) : "public";
    String table = name(endpoint, parts[parts.length - 1] + suffix.replace('-', '_'));
    return new PostgresAddress(
        host.group("host").toLowerCase(Locale.ROOT),
        port,
        parts[1],
        schema,
        table,
        new TreeMap<>(endpoint.parameters()));
  }

  private static String name(Endpoint endpoint, String name) {
    if (!NAME.matcher(name).matches()) {
      throw endpoint.bad(
          "'"
              + name
              + "' is no schema's or table's name: small letters, digits and '_' make one, so that"
              + " queries need no quotes");
    }
    if (name.length() > LONGEST_NAME) {
      throw endpoint.bad(
          "the table would be called "
              + name
              + ", and PostgreSQL's names have "
              + LONGEST_NAME
              + " characters; name a shorter one");
    }
    return name;
  }

  /** The server and database without a table: connections to it can be shared. */
  PostgresAddress server() {
    return withTable("", "");
  }

  /** Another table of the same schema. */
  PostgresAddress withTable(String other) {
    return withTable(schema, other);
  }

  private PostgresAddress withTable(String newSchema, String newTable) {
    return new PostgresAddress(host, port, database, newSchema, newTable, settings);
  }

  /** Whether both name the same table, whoever logs in. */
  boolean tableIsThatOf(PostgresAddress other) {
    return host.equals(other.host)
        && port == other.port
        && database.equals(other.database)
        && qualified().equals(other.qualified());
  }

  /** {@code HOST:PORT}. */
  String hostAndPort() {
    return host + ":" + port;
  }

  /** {@code SCHEMA.TABLE}, for people. */
  String qualified() {
    return schema + "." + table;
  }

  /** The table in a statement. */
  String sql() {
    return quoted(schema) + "." + quoted(table);
  }

  /** A name in a statement. */
  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** The name of the table in errors, without settings. */
  String source() {
    return "postgres://" + hostAndPort() + "/" + database + "/" + schema + "/" + table;
  }

  /** Connections with resolved secrets: never store, print or send it. */
  PGSimpleDataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {host});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(database);
    if (settings.containsKey("user")) {
      source.setUser(SecretReference.resolve(settings.get("user")));
    }
    if (settings.containsKey("password")) {
      source.setPassword(SecretReference.resolve(settings.get("password")));
    }
    source.setSslMode(settings.getOrDefault("sslmode", "prefer"));
    if (settings.containsKey("sslrootcert")) {
      source.setSslRootCert(settings.get("sslrootcert"));
    }
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setSocketTimeout(ANSWER_SECONDS);
    source.setTcpKeepAlive(true);
    source.setApplicationName("dhara");
    return source;
  }

  /** A connection of its own, which the caller closes. */
  Connection connect() throws SQLException {
    return dataSource().getConnection();
  }
}
