package dhara.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dhara.formats.text.BadEvent;
import dhara.formats.text.CsvLine;
import dhara.formats.text.Decimal;
import dhara.formats.text.Instants;
import dhara.formats.text.IsoTime;
import dhara.formats.text.Text;
import dhara.formats.text.Utf8;
import dhara.formats.text.ZoneClock;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What is written by hand in {@code dhara.formats.text}, each piece beside the library that it
 * replaces: {@code decimal} and {@code decimalByJdk}, and so on. Differential tests hold that both
 * read the same.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(TextBenchmark.FIELDS)
public class TextBenchmark {

  static final int FIELDS = 1000;

  private static final DateTimeFormatter CANONICAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final String[] decimals = new String[FIELDS];
  private final String[] times = new String[FIELDS];
  private final Instant[] instants = new Instant[FIELDS];
  private final long[] locals = new long[FIELDS];
  private final byte[][] lines = new byte[FIELDS][];
  private final String[] lineTexts = new String[FIELDS];

  private final Text text = new Text();
  private final Decimal decimal = new Decimal();
  private final IsoTime isoTime = new IsoTime();
  private final CsvLine csvLine = new CsvLine(',');
  private final CharsetDecoder decoder = UTF_8.newDecoder();
  private final ZoneId zone = ZoneId.of("Europe/London");
  private final ZoneClock clock = new ZoneClock(zone);

  /** Makes the fields, and checks that both sides read them alike. */
  @Setup
  public void setUp() throws BadEvent {
    Random random = new Random(42);
    for (int i = 0; i < FIELDS; i++) {
      decimals[i] = random.nextInt(100_000) + "." + (10 + random.nextInt(90));
      instants[i] = Instant.ofEpochMilli(1_790_000_000_000L + random.nextInt(1_000_000_000));
      times[i] = instants[i].toString();
      locals[i] = instants[i].toEpochMilli() * 1000;
      lineTexts[i] =
          "%d,%dA,\"A \"\"white\"\" hanging heart, large\",%d,%s,%s,%d,España"
              .formatted(
                  536_365 + i,
                  10_000 + random.nextInt(80_000),
                  1 + random.nextInt(20),
                  times[i],
                  decimals[i],
                  random.nextInt(20_000));
      lines[i] = lineTexts[i].getBytes(UTF_8);
      check(new BigDecimal(decimals[i]).movePointRight(2).longValueExact(), cents(decimals[i]));
      check(locals[i], micros(times[i]));
      check(CANONICAL.format(instants[i]), Instants.format(instants[i]));
      csvLine.split(lines[i], 0, lines[i].length);
      check(cellsByLibrary(lineTexts[i]), (long) csvLine.cells());
    }
  }

  private static void check(Object expected, Object read) {
    if (!expected.equals(read)) {
      throw new IllegalStateException("read " + read + " instead of " + expected);
    }
  }

  private long cents(String number) {
    text.set("price", number);
    if (!decimal.read(text)) {
      throw new IllegalStateException(number + " is no decimal");
    }
    return decimal.times10ToThe(2);
  }

  private long micros(String time) {
    text.set("at", time);
    if (!isoTime.read(text.chars, text.start, text.end)) {
      throw new IllegalStateException(time + " is no time");
    }
    return isoTime.localMicros;
  }

  private static long cellsByLibrary(String line) {
    CsvRecord first = CsvReader.builder().ofCsvRecord(line).iterator().next();
    return first.getFieldCount();
  }

  @Benchmark
  public void decimal(Blackhole sink) {
    for (String number : decimals) {
      sink.consume(cents(number));
    }
  }

  @Benchmark
  public void decimalByJdk(Blackhole sink) {
    for (String number : decimals) {
      text.set("price", number);
      BigDecimal read = new BigDecimal(text.chars, text.start, text.end - text.start);
      sink.consume(read.movePointRight(2).longValueExact());
    }
  }

  @Benchmark
  public void isoTime(Blackhole sink) {
    for (String time : times) {
      sink.consume(micros(time));
    }
  }

  @Benchmark
  public void isoTimeByJdk(Blackhole sink) {
    for (String time : times) {
      sink.consume(Instant.parse(time).toEpochMilli());
    }
  }

  @Benchmark
  public void timeText(Blackhole sink) {
    for (Instant instant : instants) {
      sink.consume(Instants.format(instant));
    }
  }

  @Benchmark
  public void timeTextByJdk(Blackhole sink) {
    for (Instant instant : instants) {
      sink.consume(CANONICAL.format(instant));
    }
  }

  @Benchmark
  public void zoneClock(Blackhole sink) {
    for (long local : locals) {
      sink.consume(clock.toMicros(local));
    }
  }

  @Benchmark
  public void zoneClockByJdk(Blackhole sink) {
    for (long local : locals) {
      LocalDateTime time = LocalDateTime.ofEpochSecond(local / 1_000_000, 0, ZoneOffset.UTC);
      sink.consume(time.atZone(zone).toEpochSecond());
    }
  }

  @Benchmark
  public void csvLine(Blackhole sink) throws BadEvent {
    for (byte[] line : lines) {
      csvLine.split(line, 0, line.length);
      sink.consume(csvLine.cells());
    }
  }

  /** FastCSV over the text of a line: the library of its kind that copies least. */
  @Benchmark
  public void csvLineByLibrary(Blackhole sink) {
    for (byte[] line : lines) {
      sink.consume(cellsByLibrary(new String(line, UTF_8)));
    }
  }

  @Benchmark
  public void utf8(Blackhole sink) {
    for (byte[] line : lines) {
      sink.consume(Utf8.firstBad(line, 0, line.length));
    }
  }

  @Benchmark
  public void utf8ByJdk(Blackhole sink) throws CharacterCodingException {
    for (byte[] line : lines) {
      sink.consume(decoder.decode(ByteBuffer.wrap(line)));
    }
  }
}
