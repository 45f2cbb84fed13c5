package dhara.connectors.redis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.assembly.Assembly;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFormat;
import dhara.connectors.RunFolder;
import dhara.connectors.TooLong;
import dhara.connectors.delivery.Parcel;
import dhara.connectors.delivery.Reply;
import dhara.options.BadOption;
import dhara.pipelines.commerce.features.FeatureStore;
import dhara.reconcile.Comparison;
import dhara.testkit.redis.EmbeddedRedis;
import dhara.transforms.aggregate.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** What {@code as=latest} keeps in a real Redis, in whatever order answers come. */
class LatestHashTest {

  /** What an answer is about. */
  record Shopper(String shopper, String event) {}

  /** What is answered. */
  record Known(long seen, String note) {}

  private static final Path ACTIVITIES = Path.of("../../test-data/features/activities.jsonl");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final String BY = "as=latest&by=shopper";
  private static final RowFormat<Answer<Shopper, Known>> FORMAT =
      RowFormat.answers(Shopper.class, Known.class);

  @TempDir private Path folder;
  private EmbeddedRedis redis;

  @BeforeEach
  void start() throws IOException {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    redis.close();
  }

  @Test
  void allOrdersOfFiveWritesLeaveTheSameHash() throws Exception {
    Answer<Shopper, Known> first = answer("E9", 1, 0, new Known(1, "first"));
    List<Answer<Shopper, Known>> writes =
        List.of(
            first,
            first.withRevision(7), // an old answer that was revised often
            answer("E10", 2, 0, new Known(2, "provisional")),
            answer("E11", 2, 0, new Known(3, "of the same moment, and with a greater id")),
            answer("E11", 2, 1, new Known(4, "settled")));

    List<List<Answer<Shopper, Known>>> orders = orders(writes);
    assertThat(orders, hasSize(120));
    for (List<Answer<Shopper, Known>> order : orders) {
      clear();
      write(BY, order);
      assertThat(
          order.toString(),
          hash("{\"shopper\":\"u\"}"),
          is(
              Map.of(
                  "shopper", "u",
                  "event", "E11",
                  "window_start", "2026-01-05T09:00:02.000Z",
                  "window_end", "2026-01-05T09:00:02.001Z",
                  "revision", "1",
                  "seen", "4",
                  "note", "settled",
                  "key_columns", "shopper,event")));
    }
  }

  @Test
  void allOrdersWithAWithdrawalLeaveItsMark() throws Exception {
    Shopper about = new Shopper("u", "E2");
    Instant at = START.plusSeconds(2);
    List<Answer<Shopper, Known>> writes =
        List.of(
            answer("E1", 1, 5, new Known(1, "before")),
            answer("E2", 2, 1, new Known(2, "withdrawn later")),
            Answer.withdrawn(about, at, at.plusMillis(1), 2));

    for (List<Answer<Shopper, Known>> order : orders(writes)) {
      clear();
      write(BY, order);
      assertThat(hash("{\"shopper\":\"u\"}").get("withdrawn"), is("true"));
      assertThat(hash("{\"shopper\":\"u\"}").get("revision"), is("2"));
    }
    write(BY, List.of(answer("E3", 3, 0, new Known(3, "after"))));
    assertThat(hash("{\"shopper\":\"u\"}").get("note"), is("after"));
  }

  @Test
  void withoutByEachKeyHasItsHash() throws Exception {
    write(
        "as=latest",
        List.of(answer("E1", 1, 0, new Known(1, "a")), answer("E2", 2, 0, new Known(2, "b"))));

    assertThat(hash("{\"shopper\":\"u\",\"event\":\"E1\"}").get("note"), is("a"));
    assertThat(hash("{\"shopper\":\"u\",\"event\":\"E2\"}").get("note"), is("b"));
  }

  @Test
  void anAnswerThatHasExpiredLeavesNoGapForAnOlderOne() throws Exception {
    String hour = BY + "&ttl=PT1H";
    Instant now = Instant.now();
    Known known = new Known(1, "");
    write(hour, List.of(at(now.minus(Duration.ofMinutes(61)), known)));
    assertThat(hash("{\"shopper\":\"u\"}"), is(anEmptyMap()));

    write(hour, List.of(at(now.minus(Duration.ofMinutes(5)), known)));
    try (Jedis client = client()) {
      // 55 minutes are left; the limits are far enough away that a slow machine does not matter.
      long left = client.pttl("shoppers:{\"shopper\":\"u\"}");
      assertThat(left, is(greaterThan(Duration.ofMinutes(30).toMillis())));
      assertThat(Duration.ofMinutes(55).toMillis() >= left, is(true));
    }

    write(hour, List.of(at(now.minus(Duration.ofHours(2)), known)));
    assertThat(hash("{\"shopper\":\"u\"}").get("seen"), is("1"));
  }

  @Test
  void aColumnSaysWhenItsRowExpires() throws Exception {
    Parcel parcel =
        new Parcel(
            "name",
            "{\"cell\":\"c\",\"window_start\":\"2026-01-05T09:00:00.000Z\",\"window_end\":\"2026-01-05T09:05:00.000Z\"}",
            "{\"cell\":\"c\",\"window_start\":\"2026-01-05T09:00:00.000Z\",\"window_end\":\"2026-01-05T09:05:00.000Z\",\"revision\":1,\"expires_at\":\"%s\"}");
    RedisAddress address = address("as=latest");

    assertThat(
        LatestHash.of(address, parcel.key(), parcel.row().formatted("2026-01-05T10:00:00.500Z"))
            .arguments()
            .get(0),
        is(Long.toString(Instant.parse("2026-01-05T10:00:00.500Z").toEpochMilli())));
    try (RedisCarrier carrier = new RedisCarrier(address)) {
      Reply reply =
          carrier.send(new Parcel("name", parcel.key(), parcel.row().formatted("tomorrow"))).join();
      assertThat(reply.kind(), is(Reply.Kind.REFUSED));
      assertThat(reply.text(), containsString("its expires_at is no time"));
    }
  }

  @Test
  void hashesAreReadBackAsRows() throws Exception {
    Instant at = START.plusSeconds(2);
    write(
        BY,
        List.of(
            answer("E1", 1, 3, new Known(1, "[not json")),
            Answer.withdrawn(new Shopper("w", "E2"), at, at.plusMillis(1), 1)));
    try (Jedis client = client()) {
      client.set("shoppers:{\"shopper\":\"x\"}", "no hash");
      client.hset("shoppers-other:{\"a\":1}", "a", "1");
      client.hset("shoppersX:{\"a\":1}", "a", "1");
    }
    ResultSet results = ResultSet.of(Endpoint.of("--answers", uri("shoppers", "as=latest")));

    assertThat(results.names(), is(new TreeSet<>(Set.of("", "other"))));
    Pipeline pipeline = pipeline();
    PAssert.that(
            results.read(
                pipeline,
                "Read",
                Map.of("", "users"),
                row -> row.name() + " " + row.columns() + " " + row.tombstone(),
                StringUtf8Coder.of()))
        .containsInAnyOrder(
            "users {\"shopper\":\"u\",\"event\":\"E1\",\"window_start\":\"2026-01-05T09:00:01.000Z\",\"window_end\":\"2026-01-05T09:00:01.001Z\",\"revision\":\"3\",\"note\":\"[not json\",\"seen\":\"1\"} false",
            "users {\"shopper\":\"w\",\"event\":\"E2\",\"window_start\":\"2026-01-05T09:00:02.000Z\",\"window_end\":\"2026-01-05T09:00:02.001Z\",\"revision\":\"1\"} true");
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aNameWithSignsOfAPatternIsThatName() throws Exception {
    Answer<Shopper, Known> answer = answer("E1", 1, 0, new Known(1, ""));
    writeTo(uri("a*[b]", "as=hash"), List.of(answer));
    try (Jedis client = client()) {
      assertThat(client.keys("*"), is(Set.of("a*[b]:" + key(answer))));
      client.hset("aXXb:{\"a\":1}", "a", "1");
    }

    assertThat(
        ResultSet.of(Endpoint.of("--answers", uri("a*[b]", "as=hash"))).names(),
        is(new TreeSet<>(Set.of(""))));
  }

  @Test
  void onlyHashesAreReadBack() {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> ResultSet.of(Endpoint.of("--answers", uri("shoppers", "as=stream"))));

    assertThat(refused.getMessage(), containsString("only hashes are read back"));
  }

  @ParameterizedTest
  @CsvSource({"event2", "window_end", "''"})
  void whatIsNoColumnOfTheKeyIsRefused(String by) {
    BadOption refused =
        assertThrows(BadOption.class, () -> write("as=latest&by=shopper," + by, List.of()));

    assertThat(refused.getMessage(), containsString("names '" + by + "'"));
    assertThat(refused.getMessage(), containsString("these are shopper, event"));
  }

  /** A backfill writes all vectors; what stays is the last one of each user and product. */
  @Test
  void featuresInRedisAreTheLastOfTheFiles() throws Exception {
    backfill("features", folder.resolve("one"));
    Map<String, String> lastEvents = new TreeMap<>();
    for (String line : Files.readAllLines(ACTIVITIES.resolveSibling("expected-users.jsonl"))) {
      String key = line.replaceFirst(".*\"user\":\"([^\"]*)\".*", "$1");
      String when =
          line.replaceFirst(".*\"event\":\"([^\"]*)\",\"window_start\":\"([^\"]*)\".*", "$2 $1");
      lastEvents.merge(key, when, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
    assertThat(lastEvents.keySet(), hasSize(greaterThan(10)));
    try (Jedis client = client()) {
      assertThat(client.keys("features:*"), hasSize(lastEvents.size()));
      lastEvents.forEach(
          (user, when) -> {
            Map<String, String> hash = client.hgetAll("features:{\"user\":\"" + user + "\"}");
            assertThat(hash.get("window_start") + " " + hash.get("event"), is(when));
          });
    }

    backfill("again", folder.resolve("two"));
    compare("features", "again", "SAME " + lastEvents.size());
    try (Jedis client = client()) {
      client.hset("again:{\"user\":\"user-0\"}", "intent", "99.5");
    }
    compare("features", "again", "SAME " + (lastEvents.size() - 1), "DIFFERS 1");
  }

  private void backfill(String name, Path aside) throws Exception {
    FeatureStore.Options options = PipelineOptionsFactory.as(FeatureStore.Options.class);
    options.setRunner(DirectRunner.class);
    options.setEvents(List.of(ACTIVITIES.toString()));
    options.setTtl(Duration.ofDays(100_000)); // or all would have expired
    options.setAnswers(
        List.of(
            "users=" + uri(name, "as=latest&by=user"),
            "products=files:" + aside.resolve("products")));
    options.setDeadLetters("files:" + aside.resolve("aside"));
    options.setLedger("files:" + aside.resolve("aside"));
    try (Assembly assembly = Assembly.of(new FeatureStore(), options)) {
      assembly.prepare();
      assembly.pipeline().run().waitUntilFinish();
    }
  }

  /** Compares two names, and expects so many findings of each kind. */
  private void compare(String a, String b, String... kinds) {
    Pipeline pipeline = pipeline();
    PAssert.that(
            Comparison.of(
                    Endpoint.of("A", uri(a, "as=latest")),
                    Endpoint.of("B", uri(b, "as=latest")),
                    Comparison.Asked.everything())
                .findings(pipeline)
                .apply(
                    "Kinds",
                    MapElements.into(TypeDescriptors.strings())
                        .via(finding -> finding.kind() + " " + finding.count())))
        .containsInAnyOrder(kinds);
    pipeline.run().waitUntilFinish();
  }

  private static Pipeline pipeline() {
    return Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=DirectRunner").create());
  }

  private static Answer<Shopper, Known> answer(
      String event, int second, long revision, Known known) {
    return Answer.at(new Shopper("u", event), START.plusSeconds(second), known)
        .withRevision(revision);
  }

  private static Answer<Shopper, Known> at(Instant when, Known known) {
    return Answer.at(new Shopper("u", "E"), when, known);
  }

  private static <T> List<List<T>> orders(List<T> of) {
    if (of.isEmpty()) {
      return List.of(List.of());
    }
    List<List<T>> all = new ArrayList<>();
    for (T first : of) {
      List<T> rest = new ArrayList<>(of);
      rest.remove(first);
      for (List<T> order : orders(rest)) {
        List<T> one = new ArrayList<>(List.of(first));
        one.addAll(order);
        all.add(one);
      }
    }
    return all;
  }

  /** Writes answers one after the other, each when the one before is written. */
  private void write(String parameters, List<Answer<Shopper, Known>> answers) throws IOException {
    writeTo(uri("shoppers", parameters), answers);
  }

  private void writeTo(String uri, List<Answer<Shopper, Known>> answers) throws IOException {
    Endpoint endpoint = Endpoint.of("--answers", uri);
    Connector.Rows<Answer<Shopper, Known>> rows =
        new Connector.Rows<>("shoppers", "", true, false, FORMAT, TooLong.fails(), null);
    try (RunFolder unused = RunFolder.create()) {
      Connector.Target<Answer<Shopper, Known>> target =
          new RedisConnector()
              .target(endpoint, rows, new Connector.Run(true, unused, pipeline().getOptions()));
      target.check().run();
    }
    try (RedisCarrier carrier =
        new RedisCarrier(RedisAddress.of(endpoint, "", Duration.ofSeconds(10)))) {
      for (Answer<Shopper, Known> answer : answers) {
        Parcel parcel =
            new Parcel(
                FORMAT.name(answer),
                new String(FORMAT.jsonKey(answer), StandardCharsets.UTF_8),
                new String(FORMAT.json(answer), StandardCharsets.UTF_8));
        assertThat(carrier.send(parcel).join(), is(Reply.taken()));
      }
    }
  }

  private static String key(Answer<Shopper, Known> answer) throws IOException {
    return new String(FORMAT.jsonKey(answer), StandardCharsets.UTF_8);
  }

  private RedisAddress address(String parameters) {
    return RedisAddress.of(
        Endpoint.of("--answers", uri("shoppers", parameters)), "", Duration.ofSeconds(10));
  }

  private Map<String, String> hash(String about) {
    try (Jedis client = client()) {
      return client.hgetAll("shoppers:" + about);
    }
  }

  private void clear() {
    try (Jedis client = client()) {
      client.flushDB();
    }
  }

  private Jedis client() {
    return new Jedis("localhost", redis.port(), 30_000);
  }

  private String uri(String name, String parameters) {
    return redis.uri(name, parameters);
  }
}
