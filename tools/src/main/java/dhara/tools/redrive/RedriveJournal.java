package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.options.BadOption;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The file that tells which letters were sent, over any number of redrives, killed ones included.
 * It grows by lines:
 *
 * <pre>
 *   dhara redrive journal 1
 *   run 2026-10-01T09:00:00Z                       a redrive began; if it writes a file, its path
 *   sent LETTER BYTES                              digests of the letter, and of what was sent
 *   tried LETTER                                   a row was not taken
 *   done                                           the redrive has ended
 *   void                                           …or was killed before its file appeared
 * </pre>
 *
 * <p>A letter that goes to a topic or a system is noted when it has arrived. Those that arrived
 * since the last note before a kill, a batch at most, are sent again. Letters that go to a file
 * count when the file is there, so of a redrive that was killed all count, or none.
 */
final class RedriveJournal implements Closeable {

  private static final String HEADER = "dhara redrive journal 1";

  private final Path file;
  private final Instant start;
  private final @Nullable FileChannel channel;
  private final Set<Digest> sent = new HashSet<>();
  private final Map<Digest, List<Instant>> sentIn = new HashMap<>();
  private final Map<Digest, Integer> tried = new HashMap<>();
  private final StringBuilder lines = new StringBuilder();

  /** The letters of a redrive whose file is not known to be there, and what was sent for each. */
  private final List<Map.Entry<Digest, Digest>> unsettled = new ArrayList<>();

  private Instant run = Instant.EPOCH;
  private @Nullable Path runFile;
  private @Nullable Path settled;

  private RedriveJournal(Path file, Instant start, @Nullable FileChannel channel) {
    this.file = file;
    this.start = start;
    this.channel = channel;
  }

  /**
   * Opens the journal for a redrive, which begins; creates it if it is not there.
   *
   * @param start when the redrive began
   * @param target the file that the redrive writes; null if it writes none
   * @throws BadOption if it is no journal, or another redrive uses it
   */
  static RedriveJournal open(Path file, Instant start, @Nullable Path target) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(file, channel);
      RedriveJournal journal = new RedriveJournal(file, start, channel);
      long complete = journal.load();
      channel.truncate(complete); // a line that a killed redrive has begun
      channel.position(complete);
      if (complete == 0) {
        journal.lines.append(HEADER).append('\n');
      }
      if (journal.runFile != null) {
        journal.settle();
        journal.lines.append(journal.settled == null ? "void\n" : "done\n");
      }
      journal.lines.append("run ").append(start);
      if (target != null) {
        journal.lines.append(' ').append(target);
      }
      journal.lines.append('\n');
      journal.flush();
      return journal;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads the journal, if it is there, for a dry run, which writes nothing. */
  static RedriveJournal read(Path file, Instant start) throws IOException {
    RedriveJournal journal = new RedriveJournal(file, start, null);
    if (Files.exists(file)) {
      long unused = journal.load();
      if (journal.runFile != null) {
        journal.settle();
      }
    }
    return journal;
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      throw used(file);
    }
    throw used(file);
  }

  private static BadOption used(Path file) {
    return new BadOption("--journal", file, "another redrive uses it; wait until that has ended");
  }

  /** Reads the lines; returns the length of those that are complete. */
  private long load() throws IOException {
    long position = 0;
    long complete = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        position++;
        if (b == '\n') {
          take(line.toString(UTF_8), complete == 0);
          complete = position;
          line.reset();
        } else {
          line.write(b);
        }
      }
    }
    if (complete == 0 && position > 0 && !HEADER.startsWith(line.toString(UTF_8))) {
      throw none(line.toString(UTF_8), null);
    }
    return complete;
  }

  private void take(String line, boolean first) {
    if (first) {
      if (!line.equals(HEADER)) {
        throw none(line, null);
      }
      return;
    }
    String[] words = line.split(" ", 3);
    try {
      switch (words[0]) {
        case "run" -> {
          run = Instant.parse(words[1]);
          runFile = words.length > 2 ? Path.of(words[2]) : null;
        }
        case "sent" -> note(Digest.parse(words[1]), Digest.parse(words[2]));
        case "tried" -> tried.merge(Digest.parse(words[1]), 1, Integer::sum);
        case "done" -> unsettled(true);
        case "void" -> unsettled(false);
        default -> throw none(line, null);
      }
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      throw none(line, e);
    }
  }

  private BadOption none(String line, @Nullable Exception cause) {
    String shown = line.length() > 80 ? line.substring(0, 80) + "…" : line;
    return new BadOption(
        "--journal",
        file,
        "is no journal of redrives: it holds '" + shown + "'; name another file",
        cause);
  }

  private void note(Digest letter, Digest bytes) {
    if (runFile == null) {
      count(letter, bytes, run);
    } else {
      unsettled.add(Map.entry(letter, bytes));
    }
  }

  private void count(Digest letter, Digest bytes, Instant in) {
    sent.add(letter);
    List<Instant> before = sentIn.getOrDefault(bytes, List.of());
    if (!before.contains(in)) {
      List<Instant> all = new ArrayList<>(before);
      all.add(in);
      sentIn.put(bytes, List.copyOf(all));
    }
  }

  private void unsettled(boolean there) {
    if (there) {
      unsettled.forEach(entry -> count(entry.getKey(), entry.getValue(), run));
    }
    unsettled.clear();
    runFile = null;
  }

  /** Decides whether the letters of a redrive that was killed count: if its file is there. */
  private void settle() {
    settled = Files.exists(runFile) ? runFile : null;
    unsettled(settled != null);
  }

  /** The file of a redrive that was killed after the file was complete; null if there is none. */
  @Nullable Path settled() {
    return settled;
  }

  /** Whether a letter was sent. */
  boolean sent(Digest letter) {
    return sent.contains(letter);
  }

  /**
   * How often the content of a letter was sent before it became this letter, or its row was not
   * taken.
   *
   * @param bytes the digest of the letter's bytes
   * @param seenAt when it became the letter: redrives after that have sent other letters
   */
  int attempts(Digest letter, Digest bytes, Instant seenAt) {
    long redrives =
        sentIn.getOrDefault(bytes, List.of()).stream().filter(in -> in.isBefore(seenAt)).count();
    return (int) redrives + tried.getOrDefault(letter, 0);
  }

  /**
   * Notes a letter that was sent.
   *
   * @param bytes the digest of what was sent for it
   */
  void noteSent(Digest letter, Digest bytes) {
    count(letter, bytes, start);
    lines.append("sent ").append(letter).append(' ').append(bytes).append('\n');
  }

  /** Notes a row that was not taken. */
  void noteTried(Digest letter) {
    tried.merge(letter, 1, Integer::sum);
    lines.append("tried ").append(letter).append('\n');
  }

  /** Writes what was noted, so that it outlives a failure of the machine. */
  void flush() throws IOException {
    if (channel != null) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes);
      }
      channel.force(false);
    }
    lines.setLength(0);
  }

  /** Notes that the redrive has ended. */
  void done() throws IOException {
    lines.append("done\n");
    flush();
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
