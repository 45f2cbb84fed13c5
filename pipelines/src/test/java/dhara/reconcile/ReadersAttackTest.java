package dhara.reconcile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.formats.mapping.Mapping;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows that others may have written are answers, late events or dead letters, or none with a
 * reason.
 */
class ReadersAttackTest {

  private static final String AT = "\"at\":\"2026-01-05T09:00:00.000Z\"";
  private static final String START = "\"window_start\":\"2026-01-05T09:00:00.000Z\"";
  private static final String END = "\"window_end\":\"2026-01-05T09:01:00.000Z\"";

  private record Reading(
      String name, WrittenRow.Reader<?> reader, Canonical canonical, List<String> fields) {

    static Reading of(String name, WrittenRow.Reader<?> reader, String... fields) {
      return new Reading(
          name, reader, new Canonical(name.contains("text"), 0.001), List.of(fields));
    }

    byte[] made(SplittableRandom random) {
      byte[] row = Hostile.bytes(Hostile.object(fields, random));
      return random.nextInt(4) > 0 ? row : Hostile.broken(row, random);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Reading answers(String name) {
    return Reading.of(
        name,
        new AnswerReader(new Canonical(name.contains("text"), 0.001)),
        "\"user\":\"u\"",
        START,
        END,
        "\"revision\":3",
        "\"n\":1.50",
        "\"list\":\"[1,{\\\"a\\\":1e3}]\"");
  }

  private static Stream<Reading> readings() {
    return Stream.of(
        answers("answers"),
        answers("answers as text"),
        Reading.of(
            "late events",
            new CauseReader(Cause.Kind.LATE, Cause.Side.A, Mapping.none()),
            AT,
            START,
            END,
            "\"id\":\"i\"",
            "\"source\":\"kafka://orders\"",
            "\"position\":\"partition=0\""),
        Reading.of(
            "dead letters",
            new CauseReader(Cause.Kind.DEAD_LETTER, Cause.Side.B, Mapping.none()),
            "\"bytes\":\"eyJhdCI6IjIwMjYtMDEtMDVUMDk6MDA6MDBaIn0=\"",
            "\"source\":\"kafka://orders\"",
            "\"position\":\"partition=0\"",
            "\"records\":3",
            "\"last_position\":\"partition=0\""));
  }

  private static ObjectNode columns(String json) throws IOException {
    byte[] bytes = Hostile.bytes(json);
    return RowJson.object(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e999999999", "1e-999999999", "0.5e10002", "1e-99999999999"})
  void aNumberBeyondAnyThatIsWrittenIsRefusedAndNotInfinity(String number) throws IOException {
    assertThat(
        assertThrows(IOException.class, () -> columns("{\"n\":" + number + "}")).getMessage(),
        containsString("a number beyond 1e308 or of more than 10,000 decimals"));
    assertThrows(JsonProcessingException.class, () -> RowJson.value("[" + number + "]"));
    assertThat(columns("{\"n\":1.50}").toString(), is("{\"n\":1.50}"));
  }

  @Test
  void aTimeBeyondTheMillisecondsIsNoInstant() throws IOException {
    ObjectNode columns = columns("{\"at\":\"+1000000000-01-01T00:00:00Z\"}");

    assertThat(
        assertThrows(
                IllegalStateException.class,
                () -> new WrittenRow("late", columns, false, 0, "place").instant("at"))
            .getMessage(),
        containsString("place: cannot be read as a row: its at is no instant"));
  }

  @ParameterizedTest
  @MethodSource("readings")
  void aRowIsReadOrTheRunSaysWhyNot(Reading reading) {
    Map<String, Long> ends =
        Attack.of("read back " + reading, 10)
            .on(
                reading::made,
                bytes -> {
                  ObjectNode columns;
                  try {
                    columns = RowJson.object(bytes, 0, bytes.length);
                  } catch (IOException e) {
                    return "no JSON";
                  }
                  if (reading.canonical.distance(columns, columns) != 0) {
                    throw new AssertionError("differs from itself");
                  }
                  try {
                    reading.reader.read(new WrittenRow("rows", columns, false, 0, "place"));
                    return "row";
                  } catch (IllegalStateException e) {
                    assertThat(e.getMessage(), containsString("place: cannot be read as a row"));
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("no JSON", "row", "refused"));
  }
}
