package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A stream is stopped with a savepoint, and a new version of its code goes on from there: its event
 * and its sum have got a component that may be absent. Of the versions, each compiled to a jar as a
 * user's would be, the lint says beforehand which can.
 */
@Tag("long")
class UpgradeIT {

  private static final Path SOURCES = Path.of("src/test/upgrade");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final int BEFORE = 400;
  private static final int AFTER = 300;
  private static final int COPIES = 25;
  private static final int PARTITIONS = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static RealCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = RealCluster.start("upgrade");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** A payment as it is sent; the first version knows no country. */
  private record Sent(int number, boolean withCountry) {

    String method() {
      return number % 3 == 0 ? "card" : "upi";
    }

    boolean abroad() {
      return withCountry && number % 5 == 0;
    }

    Instant at() {
      return START.plusSeconds(number * 3L);
    }

    String window() {
      return START.plusSeconds(number * 3L / 600 * 600).toString();
    }

    ProducerRecord<byte[], byte[]> record(String topic) {
      return UpgradeIT.record(
          topic, number, "P" + number, at(), method(), withCountry ? (abroad() ? "FR" : "IN") : "");
    }
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, int number, String id, Instant at, String method, String country) {
    String json =
        "{\"id\":\"%s\",\"at\":\"%s\",\"method\":\"%s\",\"minor\":%d%s}"
            .formatted(
                id,
                at,
                method,
                number,
                country.isEmpty() ? "" : ",\"country\":\"" + country + "\"");
    return EmbeddedKafka.record(topic, number % PARTITIONS, at, null, json.getBytes(UTF_8));
  }

  @Test
  void aNewVersionGoesOnFromTheSavepointOfTheOld() throws Exception {
    EmbeddedKafka kafka = cluster.kafka();
    kafka.createTopic("payments", PARTITIONS);
    Path first = compiled("v1");
    Path second = compiled("v2");
    Path other = compiled("v3");
    List<String> arguments =
        List.of(
            "payments",
            "--events=" + kafka.uri("payments"),
            "--answers=" + kafka.uri("taken"),
            "--window=PT10M",
            "--idleAfter=PT60S",
            "--checkpointingInterval=2000");
    Path fingerprint = cluster.folder().resolve("payments.json");
    List<Sent> old = sent(0, BEFORE, false);
    List<Sent> fresh = sent(BEFORE, BEFORE + AFTER, true);

    RealCluster.Said written = lint(first, arguments, "--writeFingerprint=" + fingerprint);
    assertThat(written.toString(), written.exit(), is(0));
    kafka.produce(old.stream().map(s -> s.record("payments")).toList());
    RealCluster.Submitted stream = cluster.stream(List.of(first), 2, arguments);
    Ledger unused =
        stream.ledger(kafka, "taken-ledger", l -> l.read() == BEFORE, Settling.PATIENCE);
    String savepoint = stream.stop();

    RealCluster.Said fits = lint(second, arguments, "--fingerprint=" + fingerprint);
    assertThat(
        fits.text(),
        allOf(
            containsString(
                "compatible: record Sum component abroad is new: it is absent in old bytes"),
            not(containsString("break:"))));
    assertThat(fits.text(), fits.exit(), is(0));
    RealCluster.Said breaks = lint(other, arguments, "--fingerprint=" + fingerprint);
    assertThat(
        breaks.text(), containsString("break: record Sum component minor stands where payments"));
    assertThat(breaks.text(), breaks.exit(), is(2));

    // Copies of events that only the first version has seen, and the ends of all windows.
    kafka.produce(
        Stream.of(
                fresh.stream().map(s -> s.record("payments")),
                old.stream().limit(COPIES).map(s -> s.record("payments")),
                IntStream.range(0, PARTITIONS)
                    .mapToObj(
                        p ->
                            record(
                                "payments", p, "closing-" + p, START.plusSeconds(86_400), "-", "")))
            .flatMap(s -> s)
            .toList());
    List<String> restored = new ArrayList<>(arguments);
    restored.add("--savepointPath=" + savepoint);
    RealCluster.Submitted upgraded = cluster.stream(List.of(second), 2, restored);
    long records = BEFORE + AFTER + COPIES + PARTITIONS;
    Ledger ledger = upgraded.accountsFor(kafka, "taken-ledger", records, Settling.PATIENCE);
    assertThat("known again, of before", ledger.duplicate() + ledger.late(), is((long) COPIES));
    assertThat("aggregated", ledger.aggregated(), is((long) BEFORE + AFTER + PARTITIONS));
    Map<String, List<Long>> expected = expected(old, fresh);
    List<String> rows =
        upgraded.follow(kafka, "taken", all -> settled(all).equals(expected), Settling.PATIENCE);
    assertThat(settled(rows), is(expected));
    assertThat("restored", upgraded.restored(), is(true));
  }

  private static List<Sent> sent(int from, int until, boolean withCountry) {
    return IntStream.range(from, until).mapToObj(n -> new Sent(n, withCountry)).toList();
  }

  private static RealCluster.Said lint(Path version, List<String> arguments, String fingerprint)
      throws Exception {
    List<String> lint = new ArrayList<>(List.of("lint"));
    lint.addAll(arguments.stream().filter(a -> !a.startsWith("--checkpointing")).toList());
    lint.add(fingerprint);
    return cluster.command(List.of(version), lint);
  }

  /** By method and window: payments, amount, from abroad. */
  private static Map<String, List<Long>> expected(List<Sent> old, List<Sent> fresh) {
    Map<String, List<Long>> expected = new TreeMap<>();
    Stream.concat(old.stream(), fresh.stream())
        .forEach(
            sent ->
                expected.merge(
                    sent.method() + " " + sent.window(),
                    List.of(1L, (long) sent.number(), sent.abroad() ? 1L : 0L),
                    (a, b) ->
                        List.of(a.get(0) + b.get(0), a.get(1) + b.get(1), a.get(2) + b.get(2))));
    return expected;
  }

  private static Map<String, List<Long>> settled(List<String> rows) {
    Map<String, List<Long>> settled = new TreeMap<>();
    Map<String, Long> revisions = new TreeMap<>();
    for (String row : rows) {
      JsonNode json = json(row);
      String key =
          json.get("method").asText()
              + " "
              + Instant.parse(json.get("window_start").asText()).toString();
      long revision = json.get("revision").asLong();
      if (!json.get("method").asText().equals("-")
          && revision >= revisions.getOrDefault(key, -1L)) {
        revisions.put(key, revision);
        settled.put(
            key,
            List.of(
                json.get("payments").asLong(),
                json.get("minor").asLong(),
                json.path("abroad").asLong(0)));
      }
    }
    return settled;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }

  /** A version's jar, with its service beside its classes. */
  private static Path compiled(String version) throws IOException {
    Path classes = Files.createDirectories(cluster.folder().resolve("classes").resolve(version));
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-parameters",
                "-proc:none",
                "-cp",
                cluster.jar().toString(),
                "-d",
                classes.toString(),
                SOURCES.resolve(version).resolve("shop/Payments.java").toString());
    assertThat("javac", exit, is(0));
    Path service = classes.resolve("META-INF/services/dhara.pipelines.Analysis");
    Files.createDirectories(service.getParent());
    Files.writeString(service, "shop.Payments\n");
    Path jar = cluster.folder().resolve(version + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
    }
    return jar;
  }
}
