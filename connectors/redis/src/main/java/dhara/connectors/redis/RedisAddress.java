package dhara.connectors.redis;

import dhara.connectors.Endpoint;
import dhara.connectors.delivery.DeliveryTerms;
import dhara.options.SecretReference;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/**
 * Where and how rows are written: {@code redis://HOST:6379/NAME}.
 *
 * <ul>
 *   <li>{@code as=}: see {@link Form}
 *   <li>{@code by=}: of {@code as=latest}, the columns of the key that name a hash, separated by
 *       commas; all by default
 *   <li>{@code ttl=}: of {@code as=latest}, how long a row without {@code expires_at} holds after
 *       the end of its window; for good by default
 *   <li>{@code user=}, {@code password=}: a name, and a reference to its password
 *   <li>{@code database=}: a number; 0 by default
 *   <li>{@code tls=yes}
 *   <li>and those of {@link DeliveryTerms}
 * </ul>
 *
 * @param name of the stream or channel, or the beginning of the hashes' keys
 * @param by the columns that name a hash; empty for all of the key
 * @param ttl how long a row holds; null for good
 * @param password a reference; null for none
 * @param timeout of a connection, and of an answer
 */
record RedisAddress(
    String host,
    int port,
    String name,
    Form form,
    List<String> by,
    @Nullable Duration ttl,
    @Nullable String user,
    @Nullable String password,
    int database,
    boolean tls,
    Duration timeout)
    implements Serializable {

  static final String SHAPE = "redis://HOST:6379/NAME";

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern PATH =
      Pattern.compile("(?<host>[^/:\\[\\]]+|\\[[^\\]]+\\]):(?<port>\\d{1,5})/(?<name>.+)");

  /** What a row becomes. */
  enum Form {
    /** An entry of a stream, with the fields {@code name} and {@code row}. */
    STREAM,
    /** A message on a channel: the row. Only those who listen get it. */
    CHANNEL,
    /** A hash for each key, with the columns of the row of the highest revision. */
    HASH,
    /** A hash for whoever or whatever answers are about, with the newest of them. */
    LATEST
  }

  /**
   * Reads an endpoint.
   *
   * @param suffix of the name
   * @throws dhara.options.BadOption if it is malformed
   */
  static RedisAddress of(Endpoint endpoint, String suffix, Duration timeout) {
    endpoint.allow(
        DeliveryTerms.parameters("as", "by", "ttl", "user", "password", "database", "tls"));
    Matcher path = PATH.matcher(endpoint.path());
    if (!path.matches() || Integer.parseInt(path.group("port")) > 65_535) {
      throw endpoint.bad("names no host, port and name; write " + SHAPE);
    }
    String password = endpoint.parameters().get("password");
    if (password != null && !SecretReference.is(password)) {
      throw endpoint.bad("password takes a reference: password=env:NAME or file:/path");
    }
    String database = endpoint.parameter("database", "0");
    if (!database.matches("\\d{1,4}")) {
      throw endpoint.bad("database is a number, e.g. database=1");
    }
    String tls = endpoint.parameter("tls", "no");
    if (!tls.equals("yes") && !tls.equals("no")) {
      throw endpoint.bad("tls is yes or no");
    }
    Form form = form(endpoint);
    if (form != Form.LATEST
        && (endpoint.parameters().containsKey("by") || endpoint.parameters().containsKey("ttl"))) {
      throw endpoint.bad("by= and ttl= are for as=latest; add that, or leave them out");
    }
    return new RedisAddress(
        path.group("host"),
        Integer.parseInt(path.group("port")),
        path.group("name") + suffix,
        form,
        by(endpoint),
        ttl(endpoint),
        endpoint.parameters().get("user"),
        password,
        Integer.parseInt(database),
        tls.equals("yes"),
        timeout);
  }

  private static Form form(Endpoint endpoint) {
    String said = endpoint.parameter("as", "stream");
    return Arrays.stream(Form.values())
        .filter(form -> form.name().toLowerCase(Locale.ROOT).equals(said))
        .findFirst()
        .orElseThrow(() -> endpoint.bad("as is stream, channel, hash or latest, e.g. as=hash"));
  }

  private static List<String> by(Endpoint endpoint) {
    String said = endpoint.parameters().get("by");
    return said == null ? List.of() : List.of(said.split(",", -1));
  }

  private static @Nullable Duration ttl(Endpoint endpoint) {
    String said = endpoint.parameters().get("ttl");
    if (said == null) {
      return null;
    }
    Duration ttl;
    try {
      ttl = Duration.parse(said);
      long unused = ttl.toMillis();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw endpoint.bad("ttl is no duration, e.g. ttl=PT1H", e);
    }
    if (ttl.toMillis() < 1 || ttl.compareTo(LONGEST) > 0) {
      throw endpoint.bad("ttl must be longer than zero, and at most 36500 days, e.g. ttl=PT1H");
    }
    return ttl;
  }

  /** Other hashes on the same server. */
  RedisAddress named(String newName) {
    return new RedisAddress(
        host, port, newName, form, by, ttl, user, password, database, tls, timeout);
  }

  HostAndPort server() {
    return new HostAndPort(host, port);
  }

  /**
   * The client's settings, with the password resolved: never store, print or send them.
   *
   * @throws SecretReference.Missing if the password is missing on this machine
   */
  JedisClientConfig settings() {
    int millis = Math.toIntExact(timeout.toMillis());
    return DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis)
        .user(user)
        .password(password == null ? null : SecretReference.resolve(password))
        .database(database)
        .sslOptions(tls ? SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build() : null)
        .build();
  }
}
