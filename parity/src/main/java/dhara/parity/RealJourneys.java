package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journeys of real visitors: of a web server's access log, and of those who edited Wikipedia in a
 * day. Neither has a shop's purchases: they test sessions, times, pages and categories.
 */
interface RealJourneys {

  @Test
  default void journeysThroughAnAccessLogEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Path log = RealData.data().resolve("apache_logs/apache_logs.gz");
    Pattern combined =
        Pattern.compile(
            "(\\S+) \\S+ \\S+ (\\[\\S+) [+]0000] \"([^\"]*)\" (\\d+) (\\S+) \"([^\"]*)\" \"([^\"]*)\"");
    DateTimeFormatter time = DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss", Locale.ROOT);
    List<Activity> activities = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long dead = 0;
    List<String> lines = RealData.unpacked(log);
    for (String line : lines) {
      Matcher cells = combined.matcher(line);
      if (!cells.matches()) {
        dead++;
      } else if (seen.add(line)) {
        activities.add(
            activity(
                id(IntStream.rangeClosed(1, 7).mapToObj(cells::group)),
                LocalDateTime.parse(cells.group(2), time).toInstant(ZoneOffset.UTC),
                cells.group(1),
                cells.group(3),
                null));
      }
    }

    journeysEqual(
        activities,
        log
            + "?format=csv&delimiter=%20"
            + "&columns=ip,ident,auth,time,zone,request,status,bytes,referrer,agent",
        "apache-combined.map",
        "read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d "
            .formatted(
                lines.size(), activities.size(), dead, lines.size() - dead - activities.size()),
        folder);
  }

  @Test
  default void journeysThroughWikipediaEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Path edits = RealData.data().resolve("wikiticker/wikiticker-2015-09-12-sampled.json.gz");
    List<Activity> activities = new ArrayList<>();
    for (String line : RealData.unpacked(edits)) {
      JsonNode edit = new ObjectMapper().readTree(line);
      String time = edit.get("time").asText();
      activities.add(
          activity(
              id(Stream.of("time", "channel", "user", "page").map(part -> edit.get(part).asText())),
              Instant.parse(time),
              edit.get("user").asText(),
              edit.get("page").asText(),
              edit.get("namespace").asText()));
    }

    journeysEqual(
        activities,
        edits.toString(),
        "wikiticker.map",
        "read %,d = aggregated %,d ".formatted(activities.size(), activities.size()),
        folder);
  }

  private static void journeysEqual(
      List<Activity> activities, String events, String mapping, String ledger, Path folder)
      throws IOException {
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            List.of(
                "customer-journey",
                "--events=" + events,
                "--map=" + RealData.repository().resolve("mappings").resolve(mapping),
                "--answers=files:" + out));

    assertThat(run.err(), containsString(ledger));
    Analysis<?> analysis = Analysis.all().get("customer-journey");
    List<String> journeys =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), activities), List.of())
            .get("journeys");
    assertThat(SettledAnswers.in(out.resolve("journeys")), is(journeys));
    System.err.printf(
        "%s: %,d activities, %,d journeys%n", mapping, activities.size(), journeys.size());
  }

  /** As the template of a mapping joins its parts. */
  private static String id(Stream<String> parts) {
    return parts.map(part -> part.replace("/", "\\/")).collect(Collectors.joining("/"));
  }

  private static Activity activity(
      String id, Instant at, String user, String page, @Nullable String category) {
    return new Activity(
        id,
        at,
        user,
        null,
        Activity.Kind.PAGE_VIEW,
        page,
        category,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
