package dhara.benchmarks.playback;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlaybackLinesTest {

  private static final PlaybackLines.Shape SHAPE = new PlaybackLines.Shape(7, 120, 1000, 5000);

  private final PlaybackLines lines = new PlaybackLines(SHAPE);
  private final EventParser<Played> parser = JsonFormat.of(Played.class, Mapping.none()).parser();

  @Test
  void saysTheSameOfAnIndexWhateverWasAskedBefore() {
    String seventh = text(7);
    text(900_000);
    String again = new String(new PlaybackLines(SHAPE).line(7), StandardCharsets.UTF_8);

    assertThat(text(7), is(seventh));
    assertThat(again, is(seventh));
    assertThat(PlaybackLines.length(), is(256));
  }

  @Test
  void noneIsLateByTheWatermark() throws BadEvent {
    long latest = Long.MIN_VALUE;
    boolean outOfOrder = false;
    for (int i = 0; i < 100_000; i++) {
      long at = lines.at(i);
      assertThat(parse(i).at().toEpochMilli(), is(at));
      outOfOrder |= at < latest;
      if (i > 0) {
        assertThat(at, greaterThan(latest - PlaybackLines.DISORDER_MILLIS));
      }
      latest = Math.max(latest, at);
    }

    assertThat(outOfOrder, is(true));
  }

  @Test
  void namesAllKeysAndNoOthers() throws BadEvent {
    Set<String> titles = new HashSet<>();
    Set<String> users = new HashSet<>();
    int errors = 0;
    for (int i = 0; i < 100_000; i++) {
      Played event = parse(i);
      titles.add(event.title());
      users.add(event.user());
      errors += event.error() ? 1 : 0;
    }

    assertThat(titles.size(), is(120));
    assertThat(users.size(), is(1000));
    assertThat(errors, greaterThan(2500));
    assertThat(errors, lessThan(3750));
  }

  @Test
  void oneLineInSoManyIsACopyOfOneBefore() throws BadEvent {
    PlaybackLines copied = new PlaybackLines(new PlaybackLines.Shape(7, 120, 1000, 5000, 25));
    Map<Long, String> texts = new HashMap<>();
    long latest = Long.MIN_VALUE;
    int copies = 0;
    for (int i = 0; i < 100_000; i++) {
      long original = copied.original(i);
      String line = new String(copied.line(i), StandardCharsets.UTF_8);
      String before = texts.putIfAbsent(original, line);
      assertThat(line, is(before == null ? line : before));
      assertThat(line, containsString("\"session\":\"s-%010d\"".formatted(original)));
      long at = copied.at(i);
      assertThat(parser.parse(copied.line(i), 0, 256).at().toEpochMilli(), is(at));
      if (i > 0) {
        assertThat(at, greaterThan(latest - PlaybackLines.DISORDER_MILLIS));
      }
      latest = Math.max(latest, at);
      copies += before == null ? 0 : 1;
    }

    assertThat(copies, greaterThan(3000));
    assertThat(copies, lessThan(4000));
  }

  @Test
  void itsTimeByHandIsTheTimeThatJavaReads() throws BadEvent {
    for (int i = 0; i < 1000; i++) {
      char[] line = text(i * 1_000_003L).toCharArray();
      int at = new String(line).indexOf("\"at\":\"") + 6;
      assertThat(PlaybackLines.millis(line, at), is(parse(i * 1_000_003L).at().toEpochMilli()));
    }
  }

  private String text(long index) {
    return new String(lines.line(index), StandardCharsets.UTF_8);
  }

  private Played parse(long index) throws BadEvent {
    return parser.parse(lines.line(index), 0, PlaybackLines.length());
  }
}
