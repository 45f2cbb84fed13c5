package dhara.runners.direct;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.assembly.Assembly;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.ledger.Ledger;
import dhara.lint.Fingerprint;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Followed;
import dhara.testkit.SecuredKafka;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logins, certificates and rights at a real broker, for everything that talks to Kafka. The
 * passwords are planted: nothing that a command prints, logs, builds or writes may hold one.
 */
class KafkaAccessTest {

  private static final String SHOP = "Zq7xKw9vTb3nLm5p";
  private static final String GUEST = "Hc4yRj8sVd6gNf2e";
  private static final String WRONG = "Wm3uPz5kXa9tQb7r";
  private static final List<String> SECRETS = List.of(SHOP, GUEST, WRONG);

  /**
   * How the files with the passwords begin. Neither this nor a password repeats what stands before
   * it in a graph, whose compression would take it apart.
   */
  private static final String FILES = "Jv6cNq1zYh-";

  private static final String LEDGER =
      "orders: read 3 = aggregated 3 + dead-lettered 0 + late 0 + duplicate 0 + filtered 0";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path folder;
  private static final Logged LOGGED = new Logged();
  private static SecuredKafka kafka;
  private static EmbeddedKafka administrator;

  @BeforeAll
  static void loadAndBackfill() throws IOException {
    kafka = SecuredKafka.start(folder.resolve("broker"), Map.of("shop", SHOP, "guest", GUEST));
    administrator = kafka.administrator();
    Files.writeString(file("shop"), SHOP);
    Files.writeString(file("guest"), GUEST);
    Files.writeString(file("wrong"), WRONG);
    kafka.allow("User:shop", "orders", READ, WRITE, CREATE);
    kafka.allowAll("User:shop", "metrics", READ, WRITE, CREATE);
    kafka.allow(SecuredKafka.OWNER, "orders", READ);
    kafka.allowAll(SecuredKafka.OWNER, "metrics", READ, WRITE, CREATE);
    LOGGED.begin();
    Path orders =
        Files.write(folder.resolve("orders.jsonl"), List.of(order(1), order(2), order(3)));
    done(
        "replay",
        "order-metrics",
        "--events=" + orders,
        "--to=" + kafka.uri("orders") + "?" + as("shop"),
        "--truth=" + folder.resolve("truth.json"));
    backfill(kafka.uri("orders"), kafka.uri("metrics"), as("shop"));
  }

  @AfterAll
  static void stop() {
    LOGGED.end();
    kafka.close();
  }

  @AfterEach
  void nothingWasLoggedOfASecret() {
    LOGGED.assertHolds("sasl.jaas.config = [hidden]");
    assertHoldsNone(LOGGED.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN"})
  void aUserReadsAndWritesByEachMechanism(String mechanism) {
    String login = as("shop") + "&mechanism=" + mechanism;
    String answers = kafka.uri("metrics." + mechanism);

    backfill(kafka.uri("orders"), answers, login);

    assertAgree(answers + "?" + login, kafka.uri("metrics") + "?" + as("shop"));
  }

  @Test
  void theOwnerOfACertificateReadsAndWrites() {
    String login =
        "ca=file:%s&certificate=file:%s&key=file:%s"
            .formatted(kafka.ca(), kafka.certificate(), kafka.key());
    String answers = kafka.mutualUri("metrics.mutual");

    backfill(kafka.mutualUri("orders"), answers, login);

    assertAgree(answers + "?" + login, kafka.mutualUri("metrics") + "?" + login);
  }

  /** Kafka's own properties do the same, with a login that is a secret as a whole. */
  @Test
  void aUserLogsInByPropertiesOfTheClient() throws IOException {
    Files.writeString(
        folder.resolve("jaas"),
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"shop\""
            + " password=\"%s\";".formatted(SHOP));
    String properties =
        Stream.of(
                "security.protocol=SASL_SSL",
                "sasl.mechanism=SCRAM-SHA-512",
                "sasl.jaas.config=file:" + folder.resolve("jaas"),
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + kafka.ca())
            .map(property -> "&consumer." + property)
            .reduce("", String::concat);

    Command run =
        done(
            "order-metrics",
            "--events=" + kafka.uri("orders") + "?end=latest" + properties,
            "--answers=files:" + folder.resolve("by-properties"));

    assertThat(run.err(), containsString(LEDGER));
  }

  /** A stream needs no right to a consumer group, and none to a transactional id. */
  @Test
  void aStreamNeedsRightsToItsTopicsOnly() throws Exception {
    Assembly assembly =
        assembly(
            Analysis.all().get("order-metrics"),
            kafka.uri("orders") + "?" + as("shop"),
            kafka.uri("metrics.live") + "?" + as("shop"));
    try (assembly) {
      assembly.prepare();
      PipelineResult running = assembly.pipeline().run();
      try (Followed ledgers = administrator.follow("metrics.live-ledger")) {
        boolean read =
            ledgers.until(
                rows -> rows.stream().anyMatch(row -> Ledger.read(row).read() == 3), PATIENCE);
        assertThat("read by the stream: " + ledgers.values(), read, is(true));
      } finally {
        running.cancel();
      }
    }
    assertThat(administrator.groups(), is(empty()));
  }

  @Test
  void aFeedOfRowsLogsInToo() throws Exception {
    kafka.allow("User:guest", "metrics-ledger", DESCRIBE);
    List<WrittenRow> rows = new ArrayList<>();

    try (RowFeed feed = feed("metrics", as("shop"))) {
      feed.poll(PATIENCE, batch -> rows.addAll(batch.rows()));
    }

    assertThat(rows, is(not(empty())));
    try (RowFeed feed = feed("metrics-ledger", as("guest"))) {
      IOException refused =
          assertThrows(IOException.class, () -> feed.poll(PATIENCE, batch -> rows.clear()));
      assertThat(
          refused.getMessage(),
          is("kafka://metrics-ledger: " + missing("read", "Read", "metrics-ledger")));
    }
  }

  private static RowFeed feed(String topic, String login) {
    Endpoint endpoint = Endpoint.of("--view", kafka.uri(topic) + "?" + login);
    return Connector.of(endpoint, Ability.FOLLOW).feed(endpoint, "metrics", "", Map.of());
  }

  @Test
  void theGraphHoldsReferencesInPlaceOfSecrets() throws IOException {
    Assembly assembly =
        assembly(
            Analysis.all().get("order-metrics"),
            kafka.uri("orders") + "?" + as("shop"),
            kafka.uri("metrics.graph") + "?" + as("shop"));
    try (assembly) {
      Pipeline pipeline = assembly.pipeline();
      String graph =
          PipelineTranslation.toProto(pipeline).toByteString().toString(ISO_8859_1)
              + Fingerprint.of("order-metrics", pipeline).json()
              + String.join("\n", assembly.plan());
      assertThat(graph, containsString(FILES));
      assertHoldsNone(graph);
    }
    for (String topic : List.of("metrics", "metrics-ledger")) {
      List<ConsumerRecord<byte[], byte[]>> records = administrator.readAll(topic);
      assertThat(records, is(not(empty())));
      for (ConsumerRecord<byte[], byte[]> record : records) {
        assertHoldsNone(
            (record.key() == null ? "" : new String(record.key(), UTF_8))
                + new String(record.value(), UTF_8));
      }
    }
  }

  @Test
  void whatIsExplainedAndLintedHoldsNoSecret() throws IOException {
    Path fingerprint = folder.resolve("fingerprint.json");
    String events = "--events=" + kafka.uri("orders") + "?" + as("shop");
    String answers = "--answers=" + kafka.uri("metrics.lint") + "?" + as("shop");

    Command explained = done("order-metrics", events, answers, "--explain");
    Command linted =
        done("lint", "order-metrics", events, answers, "--writeFingerprint=" + fingerprint);

    assertThat(explained.out() + explained.err(), containsString(FILES));
    assertThat(linted.exit(), is(0));
    assertHoldsNone(Files.readString(fingerprint));
  }

  /** The arguments of a process can be read by everybody on its machine. */
  @Test
  void aProcessGetsItsPasswordFromTheEnvironment() throws Exception {
    String login = "user=shop&password=env:DHARA_TEST_SHOP&ca=file:" + kafka.ca();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Dhara.class.getName(),
            "order-metrics",
            "--events=" + kafka.uri("orders") + "?end=latest&" + login,
            "--answers=files:" + folder.resolve("by-process"),
            "--verbose");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DHARA_TEST_SHOP", SHOP);

    Process process = builder.start();
    String arguments = process.info().commandLine().orElse(String.join(" ", command));
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(said, process.waitFor(), is(0));
    assertThat(said, containsString(LEDGER));
    assertHoldsNone(said + arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          user=shop&password=WRONG&ca=CA                  | : the brokers refuse the login of user 'shop' with SCRAM-SHA-512 (Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512); check user=, mechanism=, and what password=WRONG holds
          user=nobody&password=WRONG&ca=CA&mechanism=PLAIN | : the brokers refuse the login of user 'nobody' with PLAIN (
          user=shop&password=PASSWORD                     | : the broker's certificate is signed by none that this client trusts; name its authority's with ca=file:/path/ca.pem
          user=shop&password=PASSWORD&ca=CLIENT           | : the broker's certificate is signed by none that this client trusts; check that CLIENT holds its authority's
          user=shop&password=PASSWORD&ca=PASSWORD         | : ca=PASSWORD holds no PEM text
          user=shop&password=file:/no/such/file&ca=CA     | : file:/no/such/file: cannot be read on this machine
          start=earliest                                  | ; add tls=yes, or ca=file:/path/ca.pem
          tls=yes&ca=CA                                   | ; check their advertised listeners, and whether this port wants TLS (tls=yes) or a login
          """)
  void aLoginThatFailsIsOneLine(String login, String why) {
    refused(read(kafka.uri("orders"), filled(login)), filled(why));
  }

  @Test
  void aCertificateForAnotherHostIsNamed() {
    refused(
        read(kafka.uri("orders").replace("localhost", "127.0.0.1"), as("shop")),
        ": the broker's certificate is for another host (");
  }

  @Test
  void aClientWithoutACertificateIsRefused() {
    refused(
        read(kafka.mutualUri("orders"), "ca=file:" + kafka.ca()),
        "; add certificate=file:/path/client.pem&key=file:/path/client.key");
  }

  @Test
  void aPortWithoutTlsIsNamed() {
    refused(
        read(administrator.uri("orders"), as("shop")),
        ": the broker speaks no TLS at %s; name the port that does, or say tls=no"
            .formatted(administrator.bootstrap()));
  }

  @Test
  void aMissingRightIsOneLineThatGrantsIt() {
    administrator.createTopic("seen", 1);
    administrator.createTopic("hidden", 1);
    kafka.allow("User:guest", "seen", DESCRIBE);
    kafka.allow("User:guest", "absent", WRITE);

    for (String topic : List.of("seen", "hidden")) {
      refused(read(kafka.uri(topic), as("guest")), ": " + missing("read", "Read", topic));
      refused(write(topic), ": " + missing("write to", "Write", topic));
      refused(
          List.of(
              "replay",
              "order-metrics",
              "--events=" + folder.resolve("orders.jsonl"),
              "--to=" + kafka.uri(topic) + "?" + as("guest"),
              "--truth=" + folder.resolve("refused.json")),
          ": " + missing("write to", "Write", topic));
    }
    refused(write("absent"), ": " + missing("create", "Create", "absent"));
    refused(
        List.of("reconcile", kafka.uri("hidden") + "?" + as("guest"), "files:" + folder),
        ": " + missing("read", "Read", "hidden"));
  }

  @Test
  void aRightThatIsMissedOnlyWhenReadingFailsTheRunWithTheSameLine() {
    kafka.allow("User:guest", "metrics", DESCRIBE);
    String there = kafka.uri("metrics") + "?";

    Command run = run(List.of("reconcile", there + as("guest"), there + as("shop")));

    assertThat(run.err(), run.exit(), is(1));
    assertThat(
        run.err(), containsString("kafka://metrics: " + missing("read", "Read", "metrics") + "\n"));
  }

  private static String missing(String verb, String operation, String topic) {
    String brokers = kafka.uri("").replace("kafka://", "").replace("/", "");
    return ("user 'guest' may not %s the topic %s; grant it: kafka-acls --bootstrap-server %s --add"
            + " --allow-principal User:guest --operation %s --topic %s")
        .formatted(verb, topic, brokers, operation, topic);
  }

  private static String filled(String text) {
    return text.replace("WRONG", "file:" + file("wrong"))
        .replace("PASSWORD", "file:" + file("shop"))
        .replace("CLIENT", "file:" + kafka.certificate())
        .replace("=CA", "=file:" + kafka.ca());
  }

  private static List<String> read(String topic, String login) {
    return List.of(
        "order-metrics",
        "--events=" + topic + "?end=latest&" + login,
        "--answers=files:" + folder.resolve("refused"));
  }

  private static List<String> write(String topic) {
    return List.of(
        "order-metrics",
        "--events=" + folder.resolve("orders.jsonl"),
        "--answers=" + kafka.uri(topic) + "?" + as("guest"));
  }

  private static void refused(List<String> arguments, String why) {
    Command run = run(arguments);
    assertThat(run.err(), run.exit(), is(2));
    assertThat(run.err(), containsString(why));
    assertThat(run.err().lines().count(), is(1L));
  }

  private static void backfill(String events, String answers, String login) {
    Command run =
        done(
            "order-metrics",
            "--events=" + events + "?end=latest&" + login,
            "--answers=" + answers + "?" + login);
    assertThat(run.err(), containsString(LEDGER));
  }

  private static void assertAgree(String one, String other) {
    Command compared = done("reconcile", one, other, "--analysis=order-metrics");
    assertThat(compared.out() + compared.err(), containsString("0 unexplained differences"));
  }

  private static Command done(String... arguments) {
    Command run = run(List.of(arguments));
    assertThat(run.err(), run.exit(), is(0));
    return run;
  }

  private static Command run(List<String> arguments) {
    Command run = Command.run(arguments);
    assertHoldsNone(run.out() + run.err());
    return run;
  }

  private static void assertHoldsNone(String text) {
    for (String secret : SECRETS) {
      int at = text.indexOf(secret);
      String before = text.substring(Math.max(0, at - 200), Math.max(0, at));
      assertThat("a password follows " + before.replaceAll("[^ -~]", "?"), at, is(-1));
    }
  }

  private static <O extends DharaOptions> Assembly assembly(
      Analysis<O> analysis, String events, String answers) {
    O options = PipelineOptionsFactory.as(analysis.options());
    options.setRunner(new DirectEngine().runner());
    options.as(DirectOptions.class).setBlockOnRun(false);
    options.as(DirectOptions.class).setTargetParallelism(2);
    options.setEvents(List.of(events));
    options.setAnswers(List.of(answers));
    return Assembly.of(analysis, options);
  }

  private static String as(String user) {
    return "user=%s&password=file:%s&ca=file:%s".formatted(user, file(user), kafka.ca());
  }

  private static Path file(String user) {
    return folder.resolve(FILES + user);
  }

  private static String order(int id) {
    return ("{\"id\":\"%d\",\"at\":\"2026-01-05T09:0%d:00Z\",\"order\":\"O%d\",\"product\":\"P1\","
            + "\"category\":\"books\",\"country\":\"Nepal\",\"city\":\"Kathmandu\","
            + "\"customer\":\"C1\",\"quantity\":1,\"unit_minor\":100}")
        .formatted(id, id, id);
  }

  /** What Kafka's clients log, from INFO on, and everybody else from WARNING on. */
  private static final class Logged extends Handler {

    // Referenced, because an unreferenced logger loses its level.
    private final List<Logger> clients =
        List.of(
            Logger.getLogger("org.apache.kafka.clients"),
            Logger.getLogger("org.apache.kafka.common"));
    private final SimpleFormatter format = new SimpleFormatter();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    void begin() {
      for (Logger logger : clients) {
        logger.setLevel(Level.INFO);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
      }
      Logger.getLogger("").addHandler(this);
    }

    void end() {
      for (Logger logger : clients) {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
      }
      Logger.getLogger("").removeHandler(this);
    }

    String text() {
      return String.join("", lines);
    }

    void assertHolds(String line) {
      assertThat("it was logged: " + line, text().contains(line), is(true));
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(format.format(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
