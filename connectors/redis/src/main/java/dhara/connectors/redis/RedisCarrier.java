package dhara.connectors.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.RowJson;
import dhara.connectors.delivery.Carrier;
import dhara.connectors.delivery.Parcel;
import dhara.connectors.delivery.Reply;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes rows to Redis. One thread sends all rows that wait in one round trip, over a connection
 * that it opens again after a failure.
 *
 * <p>A hash is written by a script that leaves a higher revision alone, or a newer answer: {@link
 * LatestHash}. A withdrawn answer is a hash with its key, window and revision and {@code
 * withdrawn}, so that no earlier revision returns.
 */
final class RedisCarrier implements Carrier {

  private static final int BATCH = 1_000;

  /** Redis' numbers in Lua are doubles, which hold a revision of sixteen digits exactly. */
  private static final String UPSERT =
      """
      local before = redis.call('HGET', KEYS[1], 'revision')
      if before and tonumber(before) > tonumber(ARGV[1]) then return 0 end
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], unpack(ARGV, 2))
      return 1
      """;

  /** Errors of Redis that say nothing about the row: it starts, is full, or has a new master. */
  private static final Pattern PASSING =
      Pattern.compile(
          "(LOADING|BUSY|OOM|READONLY|MISCONF|MASTERDOWN|NOREPLICAS|NOSCRIPT|TRYAGAIN|CLUSTERDOWN"
              + "|NOAUTH|WRONGPASS|max number of clients).*",
          Pattern.DOTALL);

  private record Sending(Parcel parcel, CompletableFuture<Reply> reply) {}

  private final RedisAddress address;
  private final JedisClientConfig settings;
  private final ConcurrentLinkedQueue<Sending> queue = new ConcurrentLinkedQueue<>();
  private final ExecutorService sender;
  private @Nullable Jedis connection;
  private String upsert = "";

  RedisCarrier(RedisAddress address) {
    this.address = address;
    this.settings = address.settings(); // a missing password fails the run, and no row
    this.sender =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "dhara-redis");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public CompletableFuture<Reply> send(Parcel parcel) {
    Sending sending = new Sending(parcel, new CompletableFuture<>());
    queue.add(sending);
    try {
      sender.execute(this::sendAll);
    } catch (RejectedExecutionException e) {
      sending.reply.complete(Reply.failed("the worker ends"));
    }
    return sending.reply;
  }

  /** Sends what waits; for most rows there is nothing left to do, because one before took them. */
  private void sendAll() {
    List<Sending> batch = new ArrayList<>();
    while (batch.size() < BATCH && !queue.isEmpty()) {
      batch.add(queue.remove());
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      List<Response<?>> answers = new ArrayList<>();
      Pipeline pipeline = connected().pipelined();
      List<Sending> sent = new ArrayList<>();
      for (Sending sending : batch) {
        try {
          answers.add(add(pipeline, sending.parcel));
          sent.add(sending);
        } catch (DateTimeException | ArithmeticException e) {
          sending.reply.complete(Reply.refused("its expires_at is no time: " + e.getMessage()));
        }
      }
      pipeline.sync();
      for (int i = 0; i < sent.size(); i++) {
        sent.get(i).reply.complete(reply(answers.get(i)));
      }
    } catch (RuntimeException e) {
      disconnect();
      Reply failed = Reply.failed(text(e, settings));
      batch.forEach(sending -> sending.reply.complete(failed));
    }
  }

  private Jedis connected() {
    if (connection == null) {
      Jedis opened = new Jedis(address.server(), settings);
      try {
        // Redis forgets scripts when it restarts, and then the connection is a new one.
        upsert =
            switch (address.form()) {
              case HASH -> opened.scriptLoad(UPSERT);
              case LATEST -> opened.scriptLoad(LatestHash.UPSERT);
              case STREAM, CHANNEL -> "";
            };
      } catch (JedisException e) {
        opened.close();
        throw e;
      }
      connection = opened;
    }
    return connection;
  }

  private void disconnect() {
    if (connection == null) {
      return;
    }
    try {
      connection.close();
    } catch (JedisException e) {
      // It is broken already, which is why it is closed.
    }
    connection = null;
  }

  private Response<?> add(Pipeline pipeline, Parcel parcel) {
    return switch (address.form()) {
      case STREAM ->
          pipeline.xadd(
              address.name(),
              StreamEntryID.NEW_ENTRY,
              Map.of("name", parcel.name(), "row", parcel.row()));
      case CHANNEL -> pipeline.publish(address.name(), parcel.row());
      case HASH ->
          pipeline.evalsha(
              upsert, List.of(address.name() + ":" + parcel.key()), fields(json(parcel.row())));
      case LATEST -> {
        LatestHash hash = LatestHash.of(address, parcel.key(), parcel.row());
        yield pipeline.evalsha(upsert, List.of(hash.key()), hash.arguments());
      }
    };
  }

  /** The revision, then names and values of the columns. A column that is null is left out. */
  static List<String> fields(JsonNode columns) {
    List<String> fields = new ArrayList<>();
    fields.add(columns.path("revision").asText());
    columns
        .fields()
        .forEachRemaining(
            column -> {
              JsonNode value = column.getValue();
              if (!value.isNull()) {
                fields.add(column.getKey());
                fields.add(value.isValueNode() ? value.asText() : value.toString());
              }
            });
    return fields;
  }

  /** A key or a row. */
  static JsonNode json(String text) {
    try {
      return RowJson.value(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row is no JSON", e);
    }
  }

  private Reply reply(Response<?> answer) {
    try {
      Object unused = answer.get();
      return Reply.taken();
    } catch (JedisDataException e) {
      if (e.getMessage().startsWith("NOSCRIPT")) {
        disconnect(); // somebody flushed the scripts; the next connection loads it again
      }
      return PASSING.matcher(e.getMessage().replaceFirst("^ERR ", "")).matches()
          ? Reply.failed(text(e, settings))
          : Reply.refused(text(e, settings));
    }
  }

  /** The failure in one line. A server that knows no AUTH repeats the password, so it is hidden. */
  static String text(RuntimeException failure, JedisClientConfig settings) {
    Throwable cause =
        failure instanceof JedisConnectionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String text = cause.getMessage() == null ? "" : ": " + cause.getMessage();
    String line = (cause.getClass().getSimpleName() + text).lines().findFirst().orElse("");
    String password = settings.getPassword();
    return password == null || password.isEmpty() ? line : line.replace(password, "…");
  }

  @Override
  public void close() {
    sender.execute(this::disconnect);
    sender.shutdown();
  }
}
