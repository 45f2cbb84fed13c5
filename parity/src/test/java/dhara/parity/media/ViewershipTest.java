package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.Viewership;
import dhara.pipelines.media.Viewership.Audience;
import dhara.pipelines.media.Viewership.Watched;
import dhara.records.RecordCoder;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted premieres are peaks; numbers by hand; a stream out of order settles on the same. */
class ViewershipTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Viewership VIEWERSHIP = new Viewership();
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  private static List<JsonNode> rows(String output, Inputs inputs, String... options)
      throws JsonProcessingException {
    List<JsonNode> rows = new ArrayList<>();
    for (String row : Oracle.settled(VIEWERSHIP, inputs, List.of(options)).get(output)) {
      rows.add(JSON.readTree(row));
    }
    return rows;
  }

  private static Instant time(JsonNode row, String column) {
    return Instant.parse(row.get(column).asText());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aPlantedPremiereHasItsWholeCrowdAtOnceUntilTheyGo(long seed) throws JsonProcessingException {
    int count = 4_000;
    Inputs inputs = Inputs.of(VIEWERSHIP, seed, count);
    Instant newest = inputs.all().map(Event::at).max(Instant::compareTo).orElseThrow();
    // The starts of one premiere are within 15 s, and premieres are six minutes apart.
    Map<Instant, List<Playback>> premieres = new TreeMap<>();
    VIEWERSHIP
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("premiere"))
        .map(given -> (Playback) given.event())
        .forEach(
            start -> {
              long minute = Duration.between(Instant.EPOCH, start.at()).toMinutes();
              premieres
                  .computeIfAbsent(Instant.ofEpochSecond(60 * minute), m -> new ArrayList<>())
                  .add(start);
            });
    List<JsonNode> audience = rows("audience", inputs);

    int known = 0;
    for (Map.Entry<Instant, List<Playback>> premiere : premieres.entrySet()) {
      Instant begin = premiere.getKey();
      if (begin.plusSeconds(300).isAfter(newest)) {
        continue;
      }
      known++;
      List<JsonNode> of =
          audience.stream()
              .filter(row -> row.get("content").asText().equals("premiere"))
              .filter(row -> row.get("region").asText().equals(premiere.getValue().get(0).region()))
              .filter(row -> !time(row, "window_start").isBefore(begin))
              .filter(row -> time(row, "window_end").isBefore(begin.plusSeconds(300)))
              .sorted(Comparator.comparing(row -> time(row, "window_end")))
              .toList();
      assertThat(
          of.subList(2, 11).stream().map(row -> row.get("concurrent").asLong()).distinct().toList(),
          contains(40L));
      JsonNode last = of.get(of.size() - 1);
      assertThat(last.get("concurrent").asLong(), is(0L));
      assertThat(last.get("peak").asLong(), is(40L));
    }
    assertThat(known, is(greaterThan(2)));
  }

  private static Playback event(Instant noon, int second, String user, Kind kind) {
    return event(noon.plusSeconds(second), user + second, user, "film", kind);
  }

  private static Playback event(
      Instant at, String id, String user, @Nullable String content, Kind kind) {
    return new Playback(
        id,
        at,
        user,
        content,
        kind == Kind.AD_CLICK ? "chai" : null,
        kind,
        null,
        null,
        null,
        null,
        null,
        "north",
        "TV",
        null,
        null,
        null);
  }

  private static Inputs inputs(List<Playback> events) {
    return Inputs.of(VIEWERSHIP.inputs().get(0), events);
  }

  @Test
  void viewersComeAndGoAndOneWhoTakesThePlaceOfAnotherMakesNoPeak() throws JsonProcessingException {
    Inputs inputs =
        inputs(
            List.of(
                event(NOON, 0, "ana", Kind.START),
                event(NOON, 5, "bo", Kind.START),
                event(NOON, 12, "bo", Kind.COMPLETE),
                event(NOON, 12, "cy", Kind.HEARTBEAT),
                event(NOON, 20, "ana", Kind.HEARTBEAT),
                // Neither is about watching.
                event(NOON, "ad", "di", "film", Kind.AD_CLICK),
                event(NOON, "none", "di", null, Kind.HEARTBEAT)));

    assertThat(
        rows("audience", inputs).stream()
            .map(
                row ->
                    "%s: %s, %s since %s"
                        .formatted(
                            Duration.between(NOON, time(row, "window_end")).toSeconds(),
                            row.get("concurrent"),
                            row.get("peak"),
                            Duration.between(NOON, time(row, "peak_at")).toSeconds()))
            .toList(),
        contains(
            "10: 2, 2 since 5",
            "20: 2, 2 since 5",
            "30: 2, 2 since 5",
            "40: 2, 2 since 5",
            // cy's heartbeat was 30 s ago at second 42, and ana's at 50.
            "50: 1, 2 since 5",
            "60: 0, 2 since 5"));
    assertThat(
        rows("viewers", inputs).stream().map(row -> row.get("viewers").asLong()).toList(),
        contains(2L, 2L, 1L));
  }

  @Test
  void aPeakBeginsAnewWithTheDay() throws JsonProcessingException {
    Instant midnight = Instant.parse("2026-01-05T18:30:00Z");
    Inputs inputs =
        inputs(
            List.of(
                event(midnight, -10, "bo", Kind.START),
                event(midnight, -5, "ana", Kind.START),
                event(midnight, -2, "bo", Kind.COMPLETE),
                event(midnight, 3, "ana", Kind.COMPLETE)));

    assertThat(
        rows("audience", inputs, "--timeZone=Asia/Kolkata").stream()
            .map(row -> row.get("concurrent") + " " + row.get("peak") + " " + row.get("peak_at"))
            .toList(),
        contains("1 2 \"2026-01-05T18:29:55.000Z\"", "0 1 \"2026-01-05T18:30:00.000Z\""));
    assertThat(
        rows("audience", inputs).stream().map(row -> row.get("peak").asLong()).toList(),
        contains(2L, 2L));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aStreamOutOfOrderSettlesOnTheAnswersOfTheOracle(long seed) throws JsonProcessingException {
    List<String> arguments = List.of("--lateness=PT10S");
    Inputs inputs = Inputs.of(VIEWERSHIP, seed, 400);
    List<String> expected = new ArrayList<>();
    for (JsonNode row : rows("audience", inputs, "--lateness=PT10S")) {
      expected.add(
          "%s %s %s %s %s %s"
              .formatted(
                  row.get("content").asText(),
                  row.get("region").asText(),
                  row.get("device").asText(),
                  row.get("window_end").asText(),
                  row.get("concurrent"),
                  row.get("peak")));
    }
    Viewership.Options options = Oracle.options(VIEWERSHIP, arguments);
    // With more, the runner's driver keeps a thread busy all the time.
    options.as(DirectOptions.class).setTargetParallelism(1);
    Pipeline pipeline = Pipeline.create(options);

    VIEWERSHIP.build(new Streamed(pipeline, arrivals(inputs, seed), expected), options);

    pipeline.run().waitUntilFinish();
  }

  /** Events come up to 12 s after their time, and the watermark is 3 s behind the newest. */
  private static TestStream<Playback> arrivals(Inputs inputs, long seed) {
    record Arrival(Playback event, Instant arrives) {}
    SplittableRandom random = new SplittableRandom(seed);
    List<Arrival> arrivals =
        inputs.of("playbacks", Playback.class).stream()
            .map(event -> new Arrival(event, event.at().plusMillis(random.nextInt(12_000))))
            .sorted(Comparator.comparing(Arrival::arrives))
            .toList();
    TestStream.Builder<Playback> stream = TestStream.create(RecordCoder.of(Playback.class));
    Instant newest = Instant.EPOCH;
    int count = 0;
    for (Arrival arrival : arrivals) {
      Instant at = arrival.event.at();
      stream =
          stream.addElements(
              TimestampedValue.of(
                  arrival.event, org.joda.time.Instant.ofEpochMilli(at.toEpochMilli())));
      newest = newest.isBefore(at) ? at : newest;
      if (count++ % 10 == 0) {
        long watermark = newest.toEpochMilli() - 3_000;
        stream = stream.advanceWatermarkTo(org.joda.time.Instant.ofEpochMilli(watermark));
      }
    }
    return stream.advanceWatermarkToInfinity();
  }

  /** A flow of one stream, of whose audience it expects something. */
  private record Streamed(Pipeline pipeline, TestStream<Playback> stream, List<String> expected)
      implements Flow {

    @Override
    @SuppressWarnings("unchecked") // the only input
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      return (PCollection<T>) pipeline.apply(stream);
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      throw new AssertionError("there is none");
    }

    @Override
    @SuppressWarnings("unchecked") // of this output
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      if (output.name().equals("audience")) {
        PCollection<Answer<Watched, Audience>> audience =
            (PCollection<Answer<Watched, Audience>>) (PCollection<?>) answers;
        PAssert.that(
                audience.apply(
                    MapElements.into(TypeDescriptors.strings()).via(ViewershipTest::row)))
            .containsInAnyOrder(expected);
      }
    }
  }

  private static String row(Answer<Watched, Audience> answer) {
    Watched of = answer.key();
    return "%s %s %s %s %d %d"
        .formatted(
            of.content(),
            of.region(),
            of.device(),
            Box.text(answer.end()),
            answer.value().concurrent(),
            answer.value().peak());
  }

  @ParameterizedTest
  @CsvSource({
    "--goneAfter=PT0S, 'is not between zero and an hour, e.g. --goneAfter=PT30S'",
    "--goneAfter=PT2H, 'is not between zero and an hour, e.g. --goneAfter=PT30S'",
    "--audienceWindow=P2D, 'is longer than a day, which peaks are of, e.g. --audienceWindow=PT10S'",
    "--audienceWindow=PT0S, 'must be longer than zero'"
  })
  void timesThatMakeNoSenseAreRefused(String option, String said) {
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(VIEWERSHIP, List.of(option))).getMessage(),
        containsString(said));
  }
}
