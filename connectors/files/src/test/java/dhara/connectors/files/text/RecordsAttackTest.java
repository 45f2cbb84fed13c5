package dhara.connectors.files.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, it is divided into records, in one pass. */
class RecordsAttackTest {

  private static final List<String> QUOTES =
      List.of("a", ",", "\"", "\n", "\r\n", "\"\"", "b\"", ",\"", "\",", "x\",\",\n");

  private static final List<String> BRACES =
      List.of("{", "}", "[", "]", "\"", "\\", ",", "\n", "{\"a\":1}", "1", " ", "\uFEFF");

  /**
   * A record.
   *
   * @param length of its kept bytes
   */
  private record Place(long start, long position, long line, int length, boolean cut) {}

  private static byte[] made(List<String> parts, SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(
          random.nextInt(30) > 0 ? Hostile.one(parts, random) : "z".repeat(random.nextInt(60)));
    }
    byte[] bytes = Hostile.bytes(text.toString());
    return random.nextInt(4) > 0 ? bytes : Hostile.broken(bytes, random);
  }

  private static List<Place> places(Records records, int length) throws IOException {
    List<Place> places = new ArrayList<>();
    long reached = 0;
    while (records.next()) {
      Place place =
          new Place(
              records.start(), records.position(), records.line(), records.length(), records.cut());
      if (place.start < reached || place.position < place.start || place.length < 0) {
        throw new AssertionError(place + " after " + reached);
      }
      reached = place.position;
      places.add(place);
    }
    if (records.position() != length) {
      throw new AssertionError("read up to " + records.position() + " of " + length);
    }
    return places;
  }

  /** Rows of CSV, each read as if none had come before it. */
  private static List<Place> alone(byte[] bytes, int longest) throws IOException {
    List<Place> places = new ArrayList<>();
    int at = 0;
    long line = 1;
    while (at < bytes.length) {
      CsvRows rows =
          new CsvRows(new ByteArrayInputStream(bytes, at, bytes.length - at), at, longest, ',', 16);
      if (!rows.next()) {
        throw new AssertionError("no row at " + at);
      }
      places.add(new Place(at, rows.position(), line, rows.length(), rows.cut()));
      for (; at < rows.position(); at++) {
        line += bytes[at] == '\n' ? 1 : 0;
      }
    }
    return places;
  }

  @Test
  void aRowOfCsvDoesNotDependOnTheRowsBeforeIt() {
    Map<String, Long> ends =
        Attack.of("rows of CSV", 40)
            .on(
                random -> made(QUOTES, random),
                bytes -> {
                  int longest = 8 + bytes.length % 61;
                  CsvRows rows = new CsvRows(new ByteArrayInputStream(bytes), 0, longest, ',', 16);
                  List<Place> places = places(rows, bytes.length);
                  if (bytes.length < 10_000 && !places.equals(alone(bytes, longest))) {
                    throw new AssertionError(
                        places + "\nbut alone " + alone(bytes, longest) + ", longest " + longest);
                  }
                  return places.stream().anyMatch(Place::cut) ? "cut" : "whole";
                });

    assertThat(ends.keySet(), hasItems("cut", "whole"));
  }

  @Test
  void documentsAndLinesReachTheEnd() {
    Map<String, Long> ends =
        Attack.of("documents and lines", 25)
            .on(
                random -> made(BRACES, random),
                bytes -> {
                  int longest = 8 + bytes.length % 61;
                  places(new Lines(new ByteArrayInputStream(bytes), 0, longest, 16), bytes.length);
                  Records documents =
                      new JsonDocuments(new ByteArrayInputStream(bytes), 0, longest, 16);
                  List<Place> places = places(documents, bytes.length);
                  new Beginning(bytes).documents();
                  new Beginning(bytes).delimiter(3);
                  return places.isEmpty() ? "none" : "some";
                });

    assertThat(ends.keySet(), hasItems("none", "some"));
  }

  /** Far above the second that it takes, and far below the hours of a scan for each line. */
  @Test
  void linesThatEachOpenAQuoteAreNotEachScannedToTheLimit() {
    String line = "x\",\",\n"; // within a quoted cell, it ends that and opens another
    byte[] bytes = line.repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);

    long rows =
        assertTimeoutPreemptively(
            Duration.ofMinutes(3),
            () -> {
              CsvRows all = new CsvRows(new ByteArrayInputStream(bytes), 0, 1 << 20, ',');
              long count = 0;
              while (all.next()) {
                count += all.length() == line.length() - 1 && all.line() == count + 1 ? 1 : 0;
              }
              return count;
            });

    assertThat(rows, is(1_000_000L));
  }

  @Test
  void aBraceBeforeZerosIsNoJsonOfFourBytesToACharacter() {
    assertThat(new Beginning(new byte[] {'{', 0, 0, 0, '"'}).documents(), is(false));
  }
}
