package dhara.parity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipInputStream;

/**
 * Prepares trade ticks in QuantConnect LEAN's format: their files hold milliseconds since midnight,
 * the date is in a file's name and the symbol in its folder's. It writes one CSV with both in every
 * line, and an id that keeps the order of the lines.
 *
 * <pre>{@code
 * java parity/src/main/java/dhara/parity/LeanTicks.java lean_ticks target/ticks.csv
 * }</pre>
 */
public final class LeanTicks {

  private LeanTicks() {}

  /** Writes {@code arguments[1]} from the folder {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: LeanTicks FOLDER OUT.csv");
      System.exit(2);
    }
    System.err.println(prepare(Path.of(arguments[0]), Path.of(arguments[1])) + " ticks");
  }

  /**
   * Writes the ticks of {@code folder/SYMBOL/YYYYMMDD_trade.zip} to a CSV with a header.
   *
   * @return how many there are
   */
  public static long prepare(Path folder, Path csv) throws IOException {
    List<Path> zips;
    try (Stream<Path> files = Files.walk(folder)) {
      zips = files.filter(f -> f.toString().endsWith("_trade.zip")).sorted().toList();
    }
    if (zips.isEmpty()) {
      throw new IOException("no SYMBOL/YYYYMMDD_trade.zip below " + folder);
    }
    long count = 0;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(csv))) {
      out.println("id,at,symbol,price,size,exchange,condition,suspicious");
      for (Path zip : zips) {
        count += append(zip, out);
      }
      if (out.checkError()) {
        throw new IOException("could not write all of " + csv);
      }
    }
    return count;
  }

  private static long append(Path zip, PrintWriter out) throws IOException {
    String date = zip.getFileName().toString().substring(0, 8);
    String symbol = zip.getParent().getFileName().toString().toUpperCase(Locale.ROOT);
    LocalDateTime midnight = LocalDate.parse(date, DateTimeFormatter.BASIC_ISO_DATE).atStartOfDay();
    long[] line = {0};
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      in.getNextEntry();
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .forEach(
              tick -> {
                int comma = tick.indexOf(',');
                long nanos =
                    new BigDecimal(tick.substring(0, comma)).movePointRight(6).longValueExact();
                out.printf(
                    "%s-%s-%07d,%s,%s,%s%n",
                    symbol,
                    date,
                    ++line[0],
                    midnight.plusNanos(nanos),
                    symbol,
                    tick.substring(comma + 1));
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return line[0];
  }
}
