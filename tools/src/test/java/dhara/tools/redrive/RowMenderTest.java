package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.RowFormat;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.tools.redrive.Mender.Mended;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.effect.Incident;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The name and the key of a row come back from the row alone. */
class RowMenderTest {

  record Part(String name, List<Long> sizes) {}

  record Key(String text, double number, Part part) {}

  record Value(long count, String note) {}

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Key KEY =
      new Key(
          "a \"quote\", a {brace}, \u0001 and \u0915",
          1e21,
          new Part("x,\"revision\":7", List.of(1L, 2L)));
  private static final RowFormat<Answer<Key, Value>> ANSWERS =
      RowFormat.answers(Key.class, Value.class);
  private static final RowFormat<Answer<Incident<Key>, Value>> EFFECTS =
      RowFormat.effects(Key.class, Value.class);

  private static DeadLetter letter(byte[] row, String name) {
    return new DeadLetter(
        "out",
        Reason.UNDELIVERED,
        "refused: HTTP 400",
        "webhook://x",
        "key=" + DeadLetter.sha256(name.getBytes(UTF_8)),
        NINE,
        row);
  }

  @Test
  void ofAnAnswerTheyAreKeyWindowAndRevision() throws IOException, BadEvent {
    for (Answer<Key, Value> answer :
        List.of(
            new Answer<>(
                KEY, NINE, NINE.plusSeconds(60), 1_785_240_000_123_007L, new Value(3, "n")),
            new Answer<>(KEY, NINE, NINE.plusSeconds(60), 0, new Value(3, "n")))) {
      DeadLetter letter = letter(ANSWERS.json(answer), ANSWERS.name(answer));

      Mended mended = new RowMender(ANSWERS, false).of(letter);

      assertThat(mended.name(), is(ANSWERS.name(answer)));
      assertThat(new String(mended.key(), UTF_8), is(new String(ANSWERS.jsonKey(answer), UTF_8)));
      assertThat(mended.bytes(), is(letter.bytes()));
    }
  }

  @Test
  void ofAnEffectTheyAreTheIncident() throws IOException, BadEvent {
    Answer<Incident<Key>, Value> effect =
        new Answer<>(
            new Incident<>("shop \"1\"", KEY), NINE, NINE.plusSeconds(60), 4, new Value(3, "n"));

    Mended mended =
        new RowMender(EFFECTS, true).of(letter(EFFECTS.json(effect), EFFECTS.name(effect)));

    assertThat(mended.name(), is("shop \"1\""));
    assertThat(new String(mended.key(), UTF_8), is(new String(EFFECTS.jsonKey(effect), UTF_8)));
  }

  @Test
  void aRowOfAnotherOutputIsFound() throws IOException {
    Answer<Key, Value> answer = new Answer<>(KEY, NINE, NINE.plusSeconds(60), 1, new Value(3, "n"));
    byte[] row = ANSWERS.json(answer);

    assertThat(refused(letter(row, "another name")), containsString("is not the name that it had"));
    assertThat(refused(letter("{\"a\":1}".getBytes(UTF_8), "")), containsString("begin with"));
    assertThat(refused(letter("{".getBytes(UTF_8), "")), containsString("no row of this output"));
    assertThat(refused(letter("[]".getBytes(UTF_8), "")), containsString("no JSON object"));
    assertThat(
        refused(letter(row, ANSWERS.name(answer)).cut(new byte[] {'{'}, 9)),
        containsString("only its first 1 bytes"));
  }

  private static String refused(DeadLetter letter) {
    return assertThrows(BadEvent.class, () -> new RowMender(ANSWERS, false).of(letter))
        .getMessage();
  }
}
