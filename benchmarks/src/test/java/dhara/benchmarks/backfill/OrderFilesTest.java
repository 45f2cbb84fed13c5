package dhara.benchmarks.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.formats.CsvFormat;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.commerce.OrderLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderFilesTest {

  private static final int ROWS = 20_000;
  private static final long MINUTE = 60_000;

  @TempDir Path folder;

  @Test
  void ofSparseRowsNineMinutesInTenAreEmpty() throws Exception {
    List<OrderLine> lines = written(new OrderFiles(shape(ROWS, true), false, false, 1), "sparse");

    Set<Long> busy = new HashSet<>();
    lines.forEach(line -> busy.add(minute(line)));
    assertThat(busy.size(), allOf(greaterThan(1000), lessThan(OrderRows.SPARSE_MINUTES / 10 + 1)));
    Set<Long> days = new HashSet<>();
    busy.forEach(minute -> days.add(minute / (24 * 60)));
    assertThat(days.size(), is(120));
  }

  @Test
  void ofDenseRowsNoMinuteIsEmpty() throws Exception {
    List<OrderLine> lines = written(new OrderFiles(shape(ROWS, false), true, false, 1), "dense");

    Set<Long> busy = new HashSet<>();
    lines.forEach(line -> busy.add(minute(line)));
    long last = busy.stream().mapToLong(Long::longValue).max().orElseThrow();
    long first = busy.stream().mapToLong(Long::longValue).min().orElseThrow();
    assertThat((long) busy.size(), is(last - first + 1));
  }

  @Test
  void copiesAreAsManyAsItSaysAndTheOriginalIsTheEarliest() throws Exception {
    OrderFiles files = new OrderFiles(shape(ROWS, true), false, false, 3);
    long copies = files.write(folder.resolve("copies"));

    Map<String, OrderLine> originals = new HashMap<>();
    long found = 0;
    long stamped = 0;
    for (OrderLine line : read(folder.resolve("copies"))) {
      OrderLine original = originals.putIfAbsent(line.id(), line);
      if (original != null) {
        found++;
        stamped += line.at().isAfter(original.at()) ? 1 : 0;
        assertThat(line.at().isBefore(original.at()), is(false));
        assertThat(minute(line), is(minute(original)));
      }
    }
    assertThat(found, is(copies));
    assertThat(copies, greaterThan(ROWS / 100L));
    assertThat(stamped, allOf(greaterThan(0L), lessThan(copies / 5)));
  }

  @Test
  void someOrdersAreCancelledByLinesOfTheirOwn() throws Exception {
    List<OrderLine> lines = written(new OrderFiles(shape(ROWS, false), true, false, 1), "cancels");

    Set<String> bought = new HashSet<>();
    List<OrderLine> cancelled = new ArrayList<>();
    for (OrderLine line : lines) {
      if (line.quantity() > 0) {
        bought.add(line.id());
      } else {
        cancelled.add(line);
      }
    }
    assertThat(cancelled.size(), greaterThan(ROWS / 100));
    assertThat(
        cancelled.stream().allMatch(line -> bought.contains(line.id().substring(1))), is(true));
  }

  @Test
  void theRowsAreTheSameInAnyFormatAndHoweverTheyAreDivided() throws Exception {
    List<OrderLine> once = written(new OrderFiles(shape(3_000, true), false, false, 1), "once");

    for (boolean json : new boolean[] {true, false}) {
      for (boolean gzip : new boolean[] {true, false}) {
        String name = "divided-" + json + "-" + gzip;
        assertThat(written(new OrderFiles(shape(3_000, true), json, gzip, 7), name), is(once));
      }
    }
    assertThat(once.size(), is(3_000));
  }

  @Test
  void eachCsvFileHasAHeader() throws Exception {
    new OrderFiles(shape(4, true), false, false, 2).write(folder.resolve("headers"));

    List<String> first = new ArrayList<>();
    for (Path file : files(folder.resolve("headers"))) {
      first.add(Files.readAllLines(file).get(0));
    }
    assertThat(first, contains(OrderText.HEADER, OrderText.HEADER));
  }

  private static OrderRows.Shape shape(long rows, boolean sparse) {
    return new OrderRows.Shape(1, rows, sparse);
  }

  private static long minute(OrderLine line) {
    return line.at().toEpochMilli() / MINUTE;
  }

  private List<OrderLine> written(OrderFiles files, String name) throws IOException, BadEvent {
    files.write(folder.resolve(name));
    return read(folder.resolve(name));
  }

  private static List<OrderLine> read(Path folder) throws IOException, BadEvent {
    List<OrderLine> lines = new ArrayList<>();
    for (Path file : files(folder)) {
      try (LineReader reader = new LineReader(file)) {
        EventParser<OrderLine> parser = JsonFormat.of(OrderLine.class, Mapping.none()).parser();
        if (file.toString().contains(".csv")) {
          assertThat(reader.next(), is(true));
          String header =
              new String(reader.bytes(), reader.offset(), reader.length(), StandardCharsets.UTF_8);
          parser =
              CsvFormat.of(OrderLine.class, Mapping.none(), ',', CsvFormat.columns(header, ','))
                  .parser();
        }
        while (reader.next()) {
          lines.add(parser.parse(reader.bytes(), reader.offset(), reader.length()));
        }
      }
    }
    return lines;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
