package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.platform.ServiceEvent;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a real web server, from its access log, and of Wikipedia's edits of a day. */
interface RealServices {

  /** Lines deleted in each hour of the day, as the tutorial of Apache Druid publishes them. */
  List<Long> DELETED =
      List.of(
          1_761L, 16_208L, 14_543L, 13_101L, 12_040L, 6_399L, 9_036L, 11_409L, 11_616L, 17_509L,
          19_406L, 16_284L, 18_672L, 30_520L, 18_025L, 26_399L, 24_759L, 19_634L, 17_345L, 19_305L,
          22_265L, 16_394L, 16_379L, 15_289L);

  /** The pages with the most edits of the day, from the same tutorial; ties are by name here. */
  List<String> TOP =
      List.of(
          "33 Wikipedia:Vandalismusmeldung",
          "28 User:Cyde/List of candidates for speedy deletion/Subpage",
          "27 Jeremy Corbyn",
          "21 Wikipedia:Administrators' noticeboard/Incidents",
          "20 Flavia Pennetta",
          "18 Total Drama Presents: The Ridonculous Race",
          "18 User talk:Dudeperson176123",
          "18 Wikipédia:Le Bistro/12 septembre 2015",
          "17 Wikipedia:In the news/Candidates",
          "17 Wikipedia:Requests for page protection");

  @Test
  default void metricsOfAnAccessLogEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Path log = RealData.data().resolve("apache_logs/apache_logs.gz");
    Pattern combined =
        Pattern.compile(
            "(\\S+) \\S+ \\S+ (\\[\\S+) [+]0000] \"([^\"]*)\" (\\d+) (\\S+) \"([^\"]*)\" \"([^\"]*)\"");
    DateTimeFormatter time = DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss", Locale.ROOT);
    List<ServiceEvent> events = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long dead = 0;
    List<String> lines = RealData.unpacked(log);
    for (String line : lines) {
      Matcher cells = combined.matcher(line);
      if (!cells.matches()) {
        dead++; // a quote within the name of a browser
      } else if (seen.add(line)) {
        events.add(
            event(
                id(IntStream.rangeClosed(1, 7).mapToObj(cells::group)),
                LocalDateTime.parse(cells.group(2), time).toInstant(ZoneOffset.UTC),
                "web",
                "REQUEST",
                cells.group(1),
                cells.group(4),
                null));
      }
    }

    metricsEqual(
        events,
        log
            + "?format=csv&delimiter=%20"
            + "&columns=ip,ident,auth,time,zone,request,status,bytes,referrer,agent",
        "apache-requests.map",
        "read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d "
            .formatted(lines.size(), events.size(), dead, lines.size() - dead - events.size()),
        folder,
        "--errorFrom=400",
        "--errorRateAbove=0.02");
  }

  @Test
  default void metricsOfWikipediasEditsEqualANaiveRecomputationAndDruidsTutorial(
      @TempDir Path folder) throws IOException {
    Path edits = RealData.data().resolve("wikiticker/wikiticker-2015-09-12-sampled.json.gz");
    List<ServiceEvent> events = new ArrayList<>();
    for (String line : RealData.unpacked(edits)) {
      JsonNode edit = new ObjectMapper().readTree(line);
      events.add(
          event(
              id(Stream.of("time", "channel", "user", "page").map(part -> edit.get(part).asText())),
              Instant.parse(edit.get("time").asText()),
              edit.get("channel").asText(),
              edit.get("page").asText(),
              edit.get("user").asText(),
              null,
              edit.get("deleted").asDouble()));
    }

    List<String> metrics =
        metricsEqual(
            events,
            edits.toString(),
            "wikiticker-edits.map",
            "read %,d = aggregated %,d ".formatted(events.size(), events.size()),
            folder);

    Map<String, Double> deleted = new TreeMap<>();
    Map<String, Long> pages = new TreeMap<>();
    for (String metric : metrics) {
      JsonNode row = new ObjectMapper().readTree(metric);
      deleted.merge(row.get("window_start").asText(), row.get("value_sum").asDouble(), Double::sum);
      pages.merge(row.get("kind").asText(), row.get("events").asLong(), Long::sum);
    }
    assertThat(deleted.values().stream().map(Double::longValue).toList(), is(DELETED));
    assertThat(
        pages.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Long> page) -> -page.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(TOP.size())
            .map(page -> page.getValue() + " " + page.getKey())
            .toList(),
        is(TOP));
  }

  private static ServiceEvent event(
      String id,
      Instant at,
      String service,
      String kind,
      String user,
      @Nullable String status,
      @Nullable Double value) {
    return new ServiceEvent(id, at, service, kind, user, null, status, null, value);
  }

  /** The metrics, which like all other outputs are those of the oracle. */
  private static List<String> metricsEqual(
      List<ServiceEvent> events,
      String source,
      String mapping,
      String ledger,
      Path folder,
      String... more)
      throws IOException {
    List<String> options =
        Stream.concat(Stream.of("--window=PT1H", "--effects=true"), Stream.of(more)).toList();
    Path out = folder.resolve("out");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "event-metrics",
                "--events=" + source,
                "--map=" + RealData.repository().resolve("mappings/" + mapping),
                "--maxDeadLetters=100",
                "--answers=files:" + out));
    arguments.addAll(options);

    Command run = Command.done(arguments);

    assertThat(run.err(), containsString(ledger));
    Analysis<?> analysis = Analysis.all().get("event-metrics");
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), events), options);
    System.err.printf(
        "%s: events: %,d, anomalies: %,d, alerts: %,d%n",
        mapping, events.size(), oracle.get("anomalies").size(), oracle.get("alerts").size());
    for (String output : oracle.keySet()) {
      assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
    }
    return oracle.get("metrics");
  }

  /** The parts of an id, as a template joins them: a slash within a part has a backslash before. */
  private static String id(Stream<String> parts) {
    return String.join("/", parts.map(part -> part.replace("/", "\\/")).toList());
  }
}
