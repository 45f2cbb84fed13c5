package dhara.benchmarks.backfill;

import dhara.benchmarks.backfill.OrderAnswer.OfProduct;
import dhara.formats.CsvFormat;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.commerce.OrderLine;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * No engine: one thread, Dhara's parsers, hash maps; the limit of one core. It holds all events in
 * memory, because a copy with an earlier time may come at the end; orders and customers are
 * numbered, so that the sets of them are small.
 */
public final class PlainJava {

  /** What the job needs of an event. */
  private record Row(
      long at,
      int order,
      String product,
      String country,
      int customer,
      long quantity,
      long valueMinor) {

    Row earlier(Row other) {
      return other.at < at ? other : this;
    }
  }

  /** What an answer is about. */
  private record Subject(String name, long start) {}

  private static final class Sums {
    private final IntSet orders = new IntSet();
    private final IntSet buyers = new IntSet();
    private final IntSet cancellations = new IntSet();
    private long gmvMinor;
    private long items;
    private long cancelledMinor;
    private long lastOrderAt = OrderAnswer.NEVER;

    void add(Row row) {
      if (row.quantity < 0) {
        cancellations.add(row.order);
        cancelledMinor -= row.valueMinor;
        return;
      }
      orders.add(row.order);
      if (row.customer >= 0) {
        buyers.add(row.customer);
      }
      gmvMinor += row.valueMinor;
      items += row.quantity;
      lastOrderAt = Math.max(lastOrderAt, row.at);
    }

    OrderAnswer answer() {
      return new OrderAnswer(
          orders.size(),
          buyers.size(),
          gmvMinor,
          items,
          cancellations.size(),
          cancelledMinor,
          lastOrderAt);
    }
  }

  /** The numbers of texts, in the order in which they come. */
  private static final class Numbers {
    private final Map<String, Integer> numbers = new HashMap<>();

    int of(String text) {
      return numbers.computeIfAbsent(text, any -> numbers.size());
    }
  }

  private final Numbers orders = new Numbers();
  private final Numbers customers = new Numbers();
  private final Map<String, String> names = new HashMap<>();

  private PlainJava() {}

  /** Runs the job. */
  public static void main(String[] arguments) throws IOException, BadEvent {
    Backfill job = Backfill.of(arguments);
    Collection<Row> rows = new PlainJava().read(job);
    write(job, "metrics", Backfill.MINUTE, rows);
    write(job, "totals", Backfill.DAY, rows);
    writeTop(job, rows);
  }

  private Collection<Row> read(Backfill job) throws IOException, BadEvent {
    Map<String, Row> earliest = new HashMap<>();
    List<Row> all = new ArrayList<>();
    for (Path file : job.files()) {
      try (LineReader lines = new LineReader(file)) {
        EventParser<OrderLine> parser = parser(job, lines);
        while (lines.next()) {
          OrderLine line = parser.parse(lines.bytes(), lines.offset(), lines.length());
          if (job.unique()) {
            earliest.merge(line.id(), row(line), Row::earlier);
          } else {
            all.add(row(line));
          }
        }
      }
    }
    return job.unique() ? earliest.values() : all;
  }

  private static EventParser<OrderLine> parser(Backfill job, LineReader lines) throws IOException {
    if (job.json()) {
      return JsonFormat.of(OrderLine.class, Mapping.none()).parser();
    }
    if (!lines.next()) {
      throw new IOException("a CSV file has no header");
    }
    String header =
        new String(lines.bytes(), lines.offset(), lines.length(), StandardCharsets.UTF_8);
    return CsvFormat.of(OrderLine.class, Mapping.none(), ',', CsvFormat.columns(header, ','))
        .parser();
  }

  private Row row(OrderLine line) {
    return new Row(
        line.at().toEpochMilli(),
        orders.of(line.order()),
        name(line.product()),
        name(line.country() == null ? "unknown" : line.country()),
        line.customer() == null ? -1 : customers.of(line.customer()),
        line.quantity(),
        line.valueMinor());
  }

  private String name(String text) {
    return names.computeIfAbsent(text, same -> same);
  }

  private static void write(Backfill job, String output, Duration width, Collection<Row> rows)
      throws IOException {
    Map<Subject, Sums> sums = new HashMap<>();
    for (Row row : rows) {
      sums.computeIfAbsent(
              new Subject(row.country, Backfill.start(row.at, width)), subject -> new Sums())
          .add(row);
    }
    List<String> lines = new ArrayList<>();
    sums.forEach(
        (subject, sum) -> lines.add(sum.answer().line(subject.name, subject.start, width)));
    write(job, output, lines);
  }

  private static void writeTop(Backfill job, Collection<Row> rows) throws IOException {
    Map<Long, Map<String, Sums>> windows = new HashMap<>();
    for (Row row : rows) {
      windows
          .computeIfAbsent(Backfill.start(row.at, Backfill.QUARTER), start -> new HashMap<>())
          .computeIfAbsent(row.product, product -> new Sums())
          .add(row);
    }
    List<String> lines = new ArrayList<>();
    windows.forEach(
        (start, products) -> {
          List<OfProduct> enough = new ArrayList<>();
          products.forEach(
              (product, sums) -> {
                if (sums.orders.size() >= Backfill.TOP_ORDERS) {
                  enough.add(new OfProduct(product, sums.answer()));
                }
              });
          if (!enough.isEmpty()) {
            lines.add(OrderAnswer.top(enough, start, Backfill.QUARTER));
          }
        });
    write(job, "top", lines);
  }

  private static void write(Backfill job, String output, List<String> lines) throws IOException {
    Path folder = Files.createDirectories(job.output(output));
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve(output + ".jsonl"))) {
      for (String line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
  }
}
