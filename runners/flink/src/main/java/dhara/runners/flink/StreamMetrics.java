package dhara.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.engine.Vitals;
import dhara.ledger.Ledger;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the state of a running stream from Flink's metrics, including Dhara's; docs/metrics.md
 * explains them.
 */
final class StreamMetrics {

  private static final Pattern WANTED =
      Pattern.compile(".*\\.(?:dhara_[a-z.-]+(?:_[a-z-]+)*|watermarkLag|pendingBytes)");
  private static final Pattern LEDGER =
      Pattern.compile("(.*)_Ledger/Show/.*\\.dhara_ledger_([a-z-]+)");

  /** Of a source, once it has read a record. */
  private static final Pattern SOURCE = Pattern.compile("(.*)_Source/Show/.*\\.dhara_record_bytes");

  /**
   * How often names are refreshed: they change only when the job restarts, or when the first dead
   * letter adds metrics.
   */
  private static final int NAMES_LAST = 10;

  private final Rest rest;
  private final String job;
  private final Duration collectedEvery;
  private final Duration collecting;
  private Map<String, List<String>> names = Map.of();
  private int asked;
  private long askedAt;
  private Set<String> heard = Set.of();

  /**
   * @param job its path
   */
  StreamMetrics(Rest rest, String job) {
    this(rest, job, Duration.ofSeconds(10), Duration.ofSeconds(1));
  }

  /**
   * @param collectedEvery Flink collects metrics when it is asked for them, but at most once in
   *     this time
   * @param collecting how long that may take; Flink does not wait for it before it answers
   */
  StreamMetrics(Rest rest, String job, Duration collectedEvery, Duration collecting) {
    this.rest = rest;
    this.job = job;
    this.collectedEvery = collectedEvery;
    this.collecting = collecting;
    this.askedAt = System.nanoTime() - collectedEvery.toNanos();
  }

  /**
   * The current state, at most some ten seconds old; empty if Flink does not answer. If nobody has
   * asked for as long, this takes a second.
   *
   * @param checkpoint when the latest checkpoint was completed
   */
  synchronized Optional<Vitals> now(Optional<Instant> checkpoint) {
    try {
      long before = askedAt;
      askedAt = System.nanoTime();
      if (askedAt - before >= collectedEvery.toNanos()) {
        collect();
        asked = 0; // names may have come, too
      }
      if (asked++ % NAMES_LAST == 0) {
        names = names();
      }
      Map<String, Value> values = new TreeMap<>();
      for (Map.Entry<String, List<String>> vertex : names.entrySet()) {
        for (JsonNode metric :
            rest.get(metrics(vertex.getKey()) + "?agg=sum,max&get=" + joined(vertex.getValue()))) {
          values.put(
              metric.path("id").asText(),
              new Value(metric.path("sum").asDouble(), metric.path("max").asDouble()));
        }
      }
      heard = heard(values.keySet());
      return Optional.of(vitals(values, checkpoint));
    } catch (IOException e) {
      asked = 0; // the job is restarting, maybe with other steps
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Makes Flink collect its metrics; without this the first answer is that of the question before.
   */
  private void collect() throws IOException, InterruptedException {
    JsonNode unused = rest.get(job + "/metrics");
    Thread.sleep(collecting.toMillis());
  }

  /** The sources from which a record had come when the state was asked last. */
  synchronized Set<String> heard() {
    return heard;
  }

  private static Set<String> heard(Set<String> metrics) {
    Set<String> heard = new TreeSet<>();
    for (String metric : metrics) {
      Matcher source = SOURCE.matcher(metric);
      if (source.matches()) {
        heard.add(source.group(1));
      }
    }
    return heard;
  }

  /** A metric over the workers of a step. */
  private record Value(double sum, double max) {}

  /** The metrics of interest, by vertex. */
  private Map<String, List<String>> names() throws IOException {
    Map<String, List<String>> wanted = new LinkedHashMap<>();
    for (JsonNode vertex : rest.get(job).path("vertices")) {
      List<String> ofVertex = new ArrayList<>();
      for (JsonNode metric : rest.get(metrics(vertex.path("id").asText()))) {
        String name = metric.path("id").asText();
        if (WANTED.matcher(name).matches()) {
          ofVertex.add(name);
        }
      }
      if (!ofVertex.isEmpty()) {
        wanted.put(vertex.path("id").asText(), ofVertex);
      }
    }
    return wanted;
  }

  private String metrics(String vertex) {
    return job + "/vertices/" + vertex + "/subtasks/metrics";
  }

  private static String joined(List<String> names) {
    return URLEncoder.encode(String.join(",", names), StandardCharsets.UTF_8);
  }

  private static Vitals vitals(Map<String, Value> values, Optional<Instant> checkpoint) {
    List<Ledger> ledgers = ledgers(values);
    double bytes = max(values, ".dhara_record_bytes");
    double lagMillis = max(values, ".watermarkLag");
    long now = System.currentTimeMillis();
    return new Vitals(
        ledgers,
        atLeast(ledgers.stream().mapToLong(Ledger::read).sum(), values, ".dhara_read"),
        atLeast(
            ledgers.stream().mapToLong(Ledger::deadLettered).sum(), values, ".dhara_dead-lettered"),
        atLeast(ledgers.stream().mapToLong(Ledger::late).sum(), values, ".dhara_late"),
        bytes > 0
            ? OptionalLong.of(Math.round(sum(values, ".pendingBytes") / bytes))
            : OptionalLong.empty(),
        // Before the first event the watermark is the minimum timestamp.
        lagMillis == 0 || lagMillis > now
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(now - (long) lagMillis)),
        (long) sum(values, ".dhara_answers"),
        checkpoint,
        false);
  }

  private static List<Ledger> ledgers(Map<String, Value> values) {
    Map<String, Map<String, Long>> inputs = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          Matcher entry = LEDGER.matcher(name);
          if (entry.matches()) {
            inputs
                .computeIfAbsent(entry.group(1), input -> new TreeMap<>())
                .put(entry.group(2), (long) value.max());
          }
        });
    return Vitals.ledgers(inputs);
  }

  /** Counters restart at zero with each start, the ledger continues. */
  private static long atLeast(long ledger, Map<String, Value> values, String counter) {
    return Math.max(ledger, (long) sum(values, counter));
  }

  private static double sum(Map<String, Value> values, String metric) {
    return values.entrySet().stream()
        .filter(value -> value.getKey().endsWith(metric))
        .mapToDouble(value -> value.getValue().sum())
        .sum();
  }

  private static double max(Map<String, Value> values, String metric) {
    return values.entrySet().stream()
        .filter(value -> value.getKey().endsWith(metric))
        .mapToDouble(value -> value.getValue().max())
        .max()
        .orElse(0);
  }
}
