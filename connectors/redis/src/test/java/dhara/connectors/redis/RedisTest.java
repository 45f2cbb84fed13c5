package dhara.connectors.redis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import dhara.connectors.RowSender;
import dhara.connectors.TooLong;
import dhara.connectors.delivery.Parcel;
import dhara.connectors.delivery.Reply;
import dhara.connectors.redis.RedisAddress.Form;
import dhara.events.DeadLetter;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import dhara.testkit.SentRows;
import dhara.testkit.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.StreamEntryID;

/** Rows that are written to a real Redis, which is killed, restarted and paused. */
class RedisTest {

  private static final int ROWS = 30;
  private static final String HASTY =
      "backoff=PT0.02S&maxBackoff=PT0.1S&timeout=PT0.5S&breaker=PT0.05S&attempts=1000";

  @TempDir private Path folder;
  private EmbeddedRedis redis;

  /** It keeps every write on disk, as a Redis must that is to lose nothing when it is killed. */
  @BeforeEach
  void start() throws IOException {
    redis = EmbeddedRedis.start(folder, "appendonly yes", "appendfsync always");
  }

  @AfterEach
  void stop() throws IOException {
    redis.close();
  }

  @Test
  void aStreamHasAnEntryForEachRow() {
    List<DeadLetter> undelivered = SentRows.backfill(uri("alerts", HASTY), ROWS);

    assertThat(undelivered, is(empty()));
    assertThat(entries("alerts").size(), is(ROWS));
    assertThat(byName("alerts"), is(rows(1, ROWS)));
  }

  @Test
  void rowsThatWereNotTakenAreSentAgainOutsideOfAPipeline() throws InterruptedException {
    Endpoint endpoint = Endpoint.of("--to", uri("alerts", HASTY));
    Connector.Rows<?> alerts =
        new Connector.Rows<>(
            "alerts",
            "",
            true,
            false,
            RowFormat.effects(SentRows.Shop.class, SentRows.Alert.class),
            TooLong.fails(),
            null);

    try (RowSender sender =
        Connector.of(endpoint, Connector.Ability.RESEND).sender(endpoint, alerts)) {
      assertThat(
          sender.send(
              List.of(
                  new RowSender.SentRow(SentRows.name(1), "{}", SentRows.row(1)),
                  new RowSender.SentRow(SentRows.name(2), "{}", SentRows.row(2)))),
          is(Map.of()));
    }

    assertThat(byName("alerts"), is(rows(1, 2)));
  }

  @Test
  void aRedisThatDiesAndComesBackHasEveryRow() throws Exception {
    try (SentRows stream = SentRows.stream(uri("alerts", HASTY))) {
      stream.add(1, 10);
      await(() -> byName("alerts").size() == 10);
      redis.stop();
      stream.add(11, 20);
      redis.startAgain();
      stream.add(21, ROWS);
      await(() -> byName("alerts").size() == ROWS);

      assertThat(stream.undelivered(), is(empty()));
    }
    assertThat(byName("alerts"), is(rows(1, ROWS)));
  }

  /** While Redis is paused, it answers nobody; what it was sent may arrive all the same. */
  @Test
  void aRedisThatHangsHasEveryRow() throws Exception {
    try (SentRows stream = SentRows.stream(uri("alerts", HASTY))) {
      try (Jedis client = client()) {
        client.clientPause(2_000);
      }
      stream.add(1, ROWS);
      await(() -> byName("alerts").size() == ROWS);

      assertThat(stream.undelivered(), is(empty()));
    }
    assertThat(byName("alerts"), is(rows(1, ROWS)));
  }

  @Test
  void aChannelHasAMessageForEachRow() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    CountDownLatch listening = new CountDownLatch(1);
    JedisPubSub listener =
        new JedisPubSub() {
          @Override
          public void onSubscribe(String channel, int channels) {
            listening.countDown();
          }

          @Override
          public void onMessage(String channel, String message) {
            heard.add(message);
          }
        };
    Thread thread =
        new Thread(
            () -> {
              try (Jedis client = client()) {
                client.subscribe(listener, "alerts");
              }
            });
    thread.start();
    listening.await();

    assertThat(SentRows.backfill(uri("alerts", "as=channel"), 1), is(empty()));

    assertThat(heard.poll(1, TimeUnit.MINUTES), is(SentRows.row(1)));
    listener.unsubscribe();
    thread.join();
  }

  @Test
  void aHashHasTheRowOfTheHighestRevision() throws IOException {
    try (RedisCarrier carrier = carrier()) {
      send(carrier, "{\"shop\":\"A\",\"revision\":1785240000123002,\"count\":2,\"note\":\"x\"}");
      send(carrier, "{\"shop\":\"A\",\"revision\":1785240000123001,\"count\":1,\"note\":null}");
      assertThat(
          hash(),
          is(Map.of("shop", "A", "revision", "1785240000123002", "count", "2", "note", "x")));

      send(carrier, "{\"shop\":\"A\",\"revision\":1785240000123003,\"count\":3,\"note\":null}");
      assertThat(hash(), is(Map.of("shop", "A", "revision", "1785240000123003", "count", "3")));
    }
  }

  @Test
  void aWithdrawnRowDoesNotComeBack() throws IOException {
    try (RedisCarrier carrier = carrier()) {
      send(carrier, "{\"shop\":\"A\",\"revision\":2,\"count\":2}");
      send(carrier, "{\"shop\":\"A\",\"revision\":3,\"withdrawn\":true}");
      send(carrier, "{\"shop\":\"A\",\"revision\":2,\"count\":2}");

      assertThat(hash(), is(Map.of("shop", "A", "revision", "3", "withdrawn", "true")));
    }
  }

  @Test
  void aRedisThatForgetsItsScriptsLearnsThemAgain() throws IOException {
    try (RedisCarrier carrier = carrier()) {
      send(carrier, "{\"shop\":\"A\",\"revision\":1,\"count\":1}");
      try (Jedis client = client()) {
        client.scriptFlush();
      }
      Reply forgotten = reply(carrier, "{\"shop\":\"A\",\"revision\":2,\"count\":2}");
      assertThat(forgotten.kind(), is(Reply.Kind.FAILED));

      send(carrier, "{\"shop\":\"A\",\"revision\":2,\"count\":2}");
      assertThat(hash().get("count"), is("2"));
    }
  }

  @Test
  void hashesAreKeyedByTheRow() {
    assertThat(SentRows.backfill(uri("shops", "as=hash"), 2), is(empty()));

    try (Jedis client = client()) {
      assertThat(client.hget("shops:{\"incident\":\"shop-2\"}", "text"), is("number\n2"));
      assertThat(client.keys("shops:*").size(), is(2));
    }
  }

  @Test
  void aRowThatRedisRefusesIsADeadLetterAtOnce() {
    try (Jedis client = client()) {
      client.set("alerts", "no stream");
    }

    List<DeadLetter> undelivered = SentRows.backfill(uri("alerts", HASTY), 1);

    assertThat(undelivered.size(), is(1));
    assertThat(undelivered.get(0).text(), startsWith("refused: JedisDataException: WRONGTYPE"));
    assertThat(new String(undelivered.get(0).bytes(), StandardCharsets.UTF_8), is(SentRows.row(1)));
    assertThat(undelivered.get(0).source(), is("redis://localhost:" + redis.port() + "/alerts"));
  }

  @Test
  void aPasswordIsKnownToTheWorkerOnly() throws IOException {
    try (Jedis client = client()) {
      client.configSet("requirepass", "LILY");
    }
    String right = "password=file:" + Files.writeString(folder.resolve("right-one"), "LILY");
    String wrong = "password=file:" + Files.writeString(folder.resolve("wrong-one"), "TIGER");

    assertThat(SentRows.backfill(uri("alerts", right), 2), is(empty()));
    BadOption refused =
        assertThrows(BadOption.class, () -> SentRows.backfill(uri("alerts", wrong), 2));
    assertThat(refused.getMessage(), containsString("Redis does not take this"));
    for (Throwable t = refused; t != null; t = t.getCause()) {
      assertThat(t.toString(), not(containsString("TIGER")));
    }
    String graph =
        PipelineTranslation.toProto(SentRows.graph(uri("alerts", right)))
            .toByteString()
            .toString(StandardCharsets.ISO_8859_1);
    assertThat(graph, containsString("right-one"));
    assertThat(graph, not(containsString("LILY")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          redis://localhost/alerts                    | names no host, port and name
          redis://localhost:6379                      | names no host, port and name
          redis://me:TIGER@localhost:6379/alerts      | Redis takes them as user=NAME and password=env:NAME
          redis://localhost:6379/alerts?password=TIGER | password is a secret; name it instead
          redis://localhost:6379/alerts?as=list       | as is stream, channel, hash or latest
          redis://localhost:6379/alerts?database=x    | database is a number
          redis://localhost:6379/alerts?as=hash&ttl=PT1H | by= and ttl= are for as=latest
          redis://localhost:6379/alerts?as=latest&ttl=1h | ttl is no duration
          redis://localhost:6379/alerts?as=latest&ttl=PT0S | ttl must be longer than zero
          redis://localhost:6379/alerts?as=latest     | as=latest takes answers of windows
          redis://localhost:1/alerts                  | Redis does not take this
          """)
  void anEndpointThatCannotBeIsRefused(String uri, String why) {
    BadOption refused = assertThrows(BadOption.class, () -> SentRows.graph(uri));

    assertThat(refused.getMessage(), containsString(why));
    assertThat(refused.getMessage(), not(containsString("TIGER")));
  }

  @Test
  void columnsAreFieldsExceptThoseThatAreNull() {
    assertThat(
        RedisCarrier.fields(
            RedisCarrier.json("{\"a\":\"x\",\"revision\":7,\"b\":null,\"c\":[1,2],\"d\":12.50}")),
        contains("7", "a", "x", "revision", "7", "c", "[1,2]", "d", "12.50"));
  }

  private Map<String, String> rows(int first, int last) {
    Map<String, String> rows = new TreeMap<>();
    for (int i = first; i <= last; i++) {
      rows.put(SentRows.name(i), SentRows.row(i));
    }
    return rows;
  }

  private List<Map<String, String>> entries(String stream) {
    try (Jedis client = client()) {
      return client.xrange(stream, StreamEntryID.MINIMUM_ID, StreamEntryID.MAXIMUM_ID).stream()
          .map(entry -> entry.getFields())
          .toList();
    }
  }

  /** What a reader has that honours names. */
  private Map<String, String> byName(String stream) {
    Map<String, String> rows = new TreeMap<>();
    entries(stream).forEach(entry -> rows.put(entry.get("name"), entry.get("row")));
    return rows;
  }

  private Map<String, String> hash() {
    try (Jedis client = client()) {
      return client.hgetAll("shops:{\"shop\":\"A\"}");
    }
  }

  private RedisCarrier carrier() {
    return new RedisCarrier(
        new RedisAddress(
            "localhost",
            redis.port(),
            "shops",
            Form.HASH,
            List.of(),
            null,
            null,
            null,
            0,
            false,
            Duration.ofSeconds(10)));
  }

  @Test
  void aWorkerWithoutThePasswordFailsAndNoRowDoes() {
    RedisAddress address =
        new RedisAddress(
            "localhost",
            redis.port(),
            "shops",
            Form.HASH,
            List.of(),
            null,
            null,
            "env:DHARA_TEST_NOBODY_HAS_IT",
            0,
            false,
            Duration.ofSeconds(10));

    assertThrows(SecretReference.Missing.class, () -> new RedisCarrier(address));
  }

  private static void send(RedisCarrier carrier, String row) {
    assertThat(reply(carrier, row), is(Reply.taken()));
  }

  private static Reply reply(RedisCarrier carrier, String row) {
    return carrier.send(new Parcel("name", "{\"shop\":\"A\"}", row)).join();
  }

  private Jedis client() {
    return new Jedis("localhost", redis.port(), 30_000);
  }

  private String uri(String name, String parameters) {
    return redis.uri(name, parameters);
  }

  private static void await(BooleanSupplier enough) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!enough.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("Redis does not have the rows");
      }
      TimeUnit.MILLISECONDS.sleep(20); // between two looks at Redis
    }
  }
}
