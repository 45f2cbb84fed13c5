package dhara.tools.generate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.DeadLetter.Reason;
import dhara.tools.replay.Tides;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultsTest {

  private static final String LINE =
      "{\"id\":\"1\",\"at\":\"2001-09-09T01:46:40Z\",\"harbour\":\"Köchi\",\"level\":1}";

  @Test
  void withoutFaultsTheLinesAreTheEventsInOrder() throws IOException {
    List<String> lines = new ArrayList<>();

    Planting.Truth truth = plant(new Faults(1, Duration.ZERO, 0, 0), 100, lines);

    assertThat(lines, is(readings(100).map(r -> text(Tides.line(r))).toList()));
    assertThat(truth.deadLetters(), is(anEmptyMap()));
    assertThat(truth.lines(), is(100L));
  }

  @Test
  void oneSeedPlantsTheSameFaultsAgain() throws IOException {
    List<String> once = new ArrayList<>();
    List<String> again = new ArrayList<>();
    List<String> otherwise = new ArrayList<>();

    plant(new Faults(7, Duration.ofSeconds(10), 0.1, 0.1), 1000, once);
    plant(new Faults(7, Duration.ofSeconds(10), 0.1, 0.1), 1000, again);
    plant(new Faults(8, Duration.ofSeconds(10), 0.1, 0.1), 1000, otherwise);

    assertThat(again, is(once));
    assertThat(otherwise, is(not(once)));
  }

  @Test
  void theTruthCountsEveryLine() throws IOException {
    List<String> lines = new ArrayList<>();

    Planting.Truth truth = plant(new Faults(3, Duration.ofSeconds(10), 0.1, 0.2), 2000, lines);

    Map<String, Integer> seen = new HashMap<>();
    lines.forEach(line -> seen.merge(line, 1, Integer::sum));
    List<String> events = readings(2000).map(r -> text(Tides.line(r))).toList();
    assertThat(events.stream().filter(line -> seen.get(line) == 2).count(), is(truth.duplicates()));
    assertThat(truth.events(), is(2000L));
    assertThat((long) lines.size(), is(truth.lines()));
    assertThat(truth.duplicates(), is(greaterThan(150L)));
    assertThat(truth.deadLetters().size(), is(7));
  }

  @Test
  void disorderStaysWithinItsBound() throws IOException {
    List<String> lines = new ArrayList<>();

    plant(new Faults(5, Duration.ofSeconds(10), 0, 0), 1000, lines);

    List<Instant> times = lines.stream().map(FaultsTest::at).toList();
    Instant newest = Instant.MIN;
    Duration worst = Duration.ZERO;
    for (Instant at : times) {
      if (at.isBefore(newest) && worst.compareTo(Duration.between(at, newest)) < 0) {
        worst = Duration.between(at, newest);
      }
      newest = at.isAfter(newest) ? at : newest;
    }
    assertThat(worst, is(greaterThan(Duration.ofSeconds(5))));
    assertThat(worst, is(lessThan(Duration.ofSeconds(10))));
  }

  @Test
  void garbageIsWhatItsReasonSays() {
    assertThat(garbage(Reason.EMPTY).isBlank(), is(true));
    assertThat(garbage(Reason.MISSING_FIELD), is("{}"));
    assertThat(LINE.startsWith(garbage(Reason.MALFORMED)), is(true));
    assertThat(garbage(Reason.WRONG_TYPE), containsString("\"at\":\"yesterday\","));
    assertThat(garbage(Reason.TOO_OLD), containsString("\"at\":\"1971-"));
    assertThat(garbage(Reason.IN_THE_FUTURE), containsString("\"at\":\"2971-"));
    assertThrows(
        CharacterCodingException.class,
        () ->
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(
                    ByteBuffer.wrap(
                        Faults.garbage(Reason.NOT_UTF8, LINE.getBytes(StandardCharsets.UTF_8)))));
  }

  @Test
  void anEventTimeThatIsANumberIsReplacedToo() {
    byte[] line = "{\"at\":1000000000,\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(
        text(Faults.garbage(Reason.WRONG_TYPE, line)), is("{\"at\":\"yesterday\",\"id\":\"1\"}"));
  }

  private static Planting.Truth plant(Faults faults, long count, List<String> lines)
      throws IOException {
    Planting planting = new Planting(faults, Tides::line, line -> lines.add(text(line)));
    for (Tides.Reading reading : readings(count).toList()) {
      planting.event(reading, "");
    }
    return planting.end();
  }

  private static Stream<Tides.Reading> readings(long count) {
    return Tides.readings(1, count);
  }

  private static String garbage(Reason reason) {
    return text(Faults.garbage(reason, LINE.getBytes(StandardCharsets.UTF_8)));
  }

  private static Instant at(String line) {
    int start = line.indexOf("\"at\":\"") + 6;
    return Instant.parse(line.substring(start, line.indexOf('"', start)));
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
