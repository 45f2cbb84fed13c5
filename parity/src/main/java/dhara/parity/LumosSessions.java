package dhara.parity;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prepares the video sessions of the Lumos data set (Lv and others, 2022): one file for each
 * session, named after its time, network and video, with a line for each chunk that was loaded. It
 * writes one CSV with what a player that holds at most 30 s would have told: a start, the first
 * picture, a heartbeat at the end of each chunk, a stall wherever a chunk was not there in time,
 * and the end. The first line of a session is its initialization, which holds no video.
 *
 * <pre>{@code
 * java parity/src/main/java/dhara/parity/LumosSessions.java FOLDER target/sessions.csv
 * }</pre>
 */
public final class LumosSessions {

  /** The most that the player holds, in milliseconds of video. */
  static final long HELD_MILLIS = 30_000;

  private static final Pattern NAME =
      Pattern.compile("(\\d{6}_\\d{4})-[^-]+-([^-]+)-([^-]+)-([a-z]+_(\\d)s)-[^-]+\\.csv");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMdd_HHmm", Locale.ROOT);

  private LumosSessions() {}

  /** Writes {@code arguments[1]} from the folder {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: LumosSessions FOLDER OUT.csv");
      System.exit(2);
    }
    System.err.println(prepare(Path.of(arguments[0]), Path.of(arguments[1])) + " events");
  }

  /**
   * Writes the events of all sessions below a folder to a CSV with a header.
   *
   * @return how many there are
   */
  public static long prepare(Path folder, Path csv) throws IOException {
    List<Path> sessions;
    try (Stream<Path> files = Files.walk(folder)) {
      sessions =
          files.filter(f -> NAME.matcher(f.getFileName().toString()).matches()).sorted().toList();
    }
    if (sessions.isEmpty()) {
      throw new IOException("no sessions of Lumos below " + folder);
    }
    long count = 0;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(csv))) {
      out.println("session,event,at,video,network,signal,bitrate,millis,startup");
      for (Path session : sessions) {
        List<String> lines = new Session(session).told();
        lines.forEach(out::println);
        count += lines.size();
      }
    }
    return count;
  }

  /** A session; times are in milliseconds after its beginning. */
  private static final class Session {

    private final String name;
    private final Instant start;
    private final String where;
    private final long chunkMillis;
    private final List<String> chunks;
    private final List<String> told = new ArrayList<>();

    Session(Path file) throws IOException {
      Matcher parts = NAME.matcher(file.getFileName().toString());
      if (!parts.matches()) {
        throw new IOException("this is no session of Lumos: " + file);
      }
      name = file.getFileName().toString().replace(".csv", "");
      start = LocalDateTime.parse(parts.group(1), TIME).toInstant(ZoneOffset.ofHours(8));
      where = parts.group(4) + "," + parts.group(2) + "," + parts.group(3);
      chunkMillis = 1_000 * Long.parseLong(parts.group(5));
      List<String> lines = Files.readAllLines(file);
      chunks = lines.subList(1, lines.size());
    }

    List<String> told() {
      tell("START", 0, "", "", "");
      long loaded = deliveryMillis(0);
      long end = 0; // of the last chunk that is loaded
      for (int i = 1; i < chunks.size(); i++) {
        // A chunk is asked for when there is room for it.
        loaded = Math.max(loaded, end - (HELD_MILLIS - chunkMillis)) + deliveryMillis(i);
        if (i == 1) {
          tell("STARTUP", loaded, "", "", String.valueOf(loaded));
        } else if (loaded > end) {
          tell("BUFFER", loaded, "", String.valueOf(loaded - end), "");
        }
        end = Math.max(loaded, end) + chunkMillis;
        tell("HEARTBEAT", end, cell(chunks.get(i), 3), String.valueOf(chunkMillis), "");
      }
      tell("COMPLETE", Math.max(loaded, end), "", "", "");
      return told;
    }

    private long deliveryMillis(int chunk) {
      return new BigDecimal(cell(chunks.get(chunk), 6))
          .movePointRight(3)
          .setScale(0, RoundingMode.HALF_UP)
          .longValueExact();
    }

    private void tell(String event, long millis, String kbps, String lasting, String startup) {
      told.add(
          String.join(
              ",",
              name,
              event,
              start.plusMillis(millis).toString(),
              where,
              kbps,
              lasting,
              startup));
    }
  }

  private static String cell(String line, int column) {
    int from = 0;
    for (int i = 0; i < column; i++) {
      from = line.indexOf(',', from) + 1;
    }
    int until = line.indexOf(',', from);
    return line.substring(from, until < 0 ? line.length() : until);
  }
}
