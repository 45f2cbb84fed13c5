package dhara.tools.run;

import dhara.connectors.Endpoint;
import dhara.engine.Vitals;
import dhara.terminal.Console;
import dhara.terminal.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Shows a stream on a terminal: its newest answers as tables, and its state below them, redrawn
 * every second. Other messages scroll by above. If only the error stream is a terminal, answers go
 * to the standard output as JSON lines; if neither is one, its state is a line every minute.
 */
final class StreamScreen implements Screen, AutoCloseable {

  /** With the headers of two tables and the line below, this fits a terminal of 24 lines. */
  private static final int ROWS = 14;

  private static final long DRAWN_EVERY_SECONDS = 1;
  private static final long WRITTEN_EVERY_SECONDS = 60;

  private final String name;
  private final Console console;
  private final boolean live;
  private final boolean tables;
  private final Map<String, LinkedHashMap<String, String>> newest = new LinkedHashMap<>();
  private final @Nullable ScheduledExecutorService clock;
  private final Console above;
  private int drawn;
  private long lastRead = -1;
  private Instant lastAsked = Instant.EPOCH;

  private StreamScreen(String name, Console console, boolean bounded) {
    this.name = name;
    this.console = console;
    this.live = !bounded && console.live();
    this.tables = live && console.refreshes();
    this.above =
        live
            ? new Console(
                console.out(),
                new PrintStream(new Above(), true, StandardCharsets.UTF_8),
                console.terminal())
            : console;
    this.clock =
        !bounded
            ? Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "dhara-screen");
                  thread.setDaemon(true);
                  return thread;
                })
            : null;
  }

  /**
   * The screen of a run on a console; it shows nothing for a run that ends by itself.
   *
   * @param name of the run, with which the lines of a log begin
   */
  static StreamScreen of(String name, Console console, boolean bounded) {
    return new StreamScreen(name, console, bounded);
  }

  /** The console for messages that are not drawn. */
  Console console() {
    return above;
  }

  /**
   * Begins to draw, or to write lines if there is no terminal.
   *
   * @param vitals the state of the stream
   */
  void show(Supplier<Optional<Vitals>> vitals) {
    if (clock == null) {
      return;
    }
    if (live) {
      Screen.use(this);
    }
    long seconds = live ? DRAWN_EVERY_SECONDS : WRITTEN_EVERY_SECONDS;
    var unused =
        clock.scheduleWithFixedDelay(
            () -> vitals.get().ifPresent(now -> show(now, Instant.now())),
            seconds,
            seconds,
            TimeUnit.SECONDS);
  }

  /** Redraws the screen, or writes a line. */
  synchronized void show(Vitals vitals, Instant now) {
    if (live) {
      draw(vitals, now);
    } else {
      console.err().println(name + ": " + String.join("  ", parts(vitals, now)));
    }
  }

  @Override
  public synchronized boolean shows(
      String output, boolean aside, byte[] key, byte @Nullable [] row) {
    if (aside) {
      return true; // the line below counts them
    } else if (tables) {
      LinkedHashMap<String, String> rows =
          newest.computeIfAbsent(output, name -> new LinkedHashMap<>());
      String of = new String(key, StandardCharsets.UTF_8);
      rows.remove(of); // a revision takes the place of the answer that it replaces
      if (row != null) {
        rows.put(of, new String(row, StandardCharsets.UTF_8));
      }
      if (rows.size() > ROWS) {
        rows.remove(rows.keySet().iterator().next());
      }
    }
    return tables;
  }

  private void draw(Vitals vitals, Instant now) {
    List<String> lines = new ArrayList<>();
    try {
      lines.addAll(tables());
    } catch (IOException e) {
      lines.add("answers cannot be shown: " + e.getMessage());
    }
    lines.addAll(wrapped(parts(vitals, now), console.terminal().columns() - 1));
    console.err().print(erasure() + String.join("\n", lines) + "\n");
    console.err().flush();
    drawn = lines.size();
  }

  /** The newest rows of each output, in the order of their windows. */
  private List<String> tables() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, LinkedHashMap<String, String>> output : newest.entrySet()) {
      List<String> rows = List.copyOf(output.getValue().values());
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
      Table.print(
          output.getKey(),
          rows.subList(Math.max(0, rows.size() - ROWS / newest.size()), rows.size())::forEach,
          Endpoint.of("--answers", "console"),
          new Console(out, out, console.terminal()));
      text.toString(StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .limit(ROWS / newest.size() + 2L)
          .map(line -> cut(line, console.terminal().columns() - 1))
          .forEach(lines::add);
    }
    return lines;
  }

  private static String cut(String line, int columns) {
    return line.codePointCount(0, line.length()) <= columns
        ? line
        : line.substring(0, line.offsetByCodePoints(0, columns - 1)) + "…";
  }

  /** The state of the stream, the most important parts first. */
  private List<String> parts(Vitals vitals, Instant now) {
    List<String> parts = new ArrayList<>();
    parts.add(number(vitals.read(), "records"));
    double seconds = Duration.between(lastAsked, now).toMillis() / 1e3;
    if (lastRead >= 0 && seconds > 0) {
      parts.add(
          String.format(
              Locale.ROOT, "%,d/s", Math.round(Math.max(0, vitals.read() - lastRead) / seconds)));
    }
    lastRead = vitals.read();
    lastAsked = now;
    vitals.lag().ifPresent(lag -> parts.add("lag " + number(lag, "").strip()));
    if (!vitals.countsOnly()) {
      parts.add(
          vitals
              .watermark()
              .map(watermark -> "watermark " + watermark.truncatedTo(ChronoUnit.SECONDS))
              .orElse("no watermark yet"));
    }
    parts.add(number(vitals.answers(), "answers"));
    parts.add(number(vitals.dead(), "dead"));
    parts.add(number(vitals.late(), "late"));
    if (!vitals.countsOnly()) {
      parts.add(
          vitals
              .checkpoint()
              .map(
                  at ->
                      "checkpoint " + Math.max(0, Duration.between(at, now).toSeconds()) + " s ago")
              .orElse("no checkpoint yet"));
    }
    return parts;
  }

  private static String number(long count, String of) {
    return String.format(Locale.ROOT, "%,d %s", count, of);
  }

  /** Lines of this width, broken only between the parts. */
  static List<String> wrapped(List<String> parts, int columns) {
    List<String> lines = new ArrayList<>();
    for (String part : parts) {
      String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
      if (!last.isEmpty() && last.length() + 2 + part.length() <= columns) {
        lines.set(lines.size() - 1, last + "  " + part);
      } else {
        lines.add(part);
      }
    }
    return lines;
  }

  /** Back to the first line that was drawn, and clear from there. */
  private String erasure() {
    String erasure = drawn == 0 ? "" : "\u001b[" + drawn + "A\r\u001b[J";
    drawn = 0;
    return erasure;
  }

  /** Ends the drawing; what was drawn last stays. */
  @Override
  public void close() {
    if (clock != null) {
      if (live) {
        Screen.use(null);
      }
      clock.shutdownNow();
      synchronized (this) {
        drawn = 0;
      }
    }
  }

  /** Prints messages above the screen while it is drawn. */
  private final class Above extends OutputStream {

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] text, int from, int length) {
      synchronized (StreamScreen.this) {
        console.err().print(erasure());
        console.err().write(text, from, length);
        console.err().flush();
      }
    }
  }
}
