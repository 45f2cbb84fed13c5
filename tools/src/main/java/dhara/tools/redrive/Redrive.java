package dhara.tools.redrive;

import dhara.assembly.KeyReference;
import dhara.cli.Checked;
import dhara.cli.ExitCode;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.WrittenRow;
import dhara.engine.Launcher;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import dhara.terminal.Progress;
import dhara.tokens.Seal;
import dhara.tools.generate.LineWriter;
import dhara.tools.letters.Letters;
import dhara.tools.redrive.Mender.Mended;
import dhara.tools.redrive.RedriveLedger.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.io.FileSystems;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sends dead letters back: events to the input that they came from, rows to the system that did not
 * take them.
 *
 * <pre>
 *   letters ─▶ choice ─▶ not sent yet ─▶ opened ─▶ an event now ─▶ below the cap ─▶ sent ─▶ journal
 * </pre>
 *
 * <p>Letters are sent in batches, and a batch is noted in the journal when it has arrived.
 */
final class Redrive implements Letters.Taker {

  /** So many letters at most are sent again after a kill. */
  static final int BATCH = 1_000;

  private final LetterChoice choice;
  private final @Nullable Seal seal;
  private final Mender mender;
  private final int attempts;
  private final RedriveJournal journal;
  private final @Nullable Outlet outlet;
  private final RedriveLedger ledger;
  private final List<Outgoing> batch = new ArrayList<>();
  private final Set<Digest> inBatch = new HashSet<>();
  private final Set<String> namesInBatch = new HashSet<>();

  private Redrive(
      LetterChoice choice,
      @Nullable Seal seal,
      Mender mender,
      int attempts,
      RedriveJournal journal,
      @Nullable Outlet outlet,
      RedriveLedger ledger) {
    this.choice = choice;
    this.seal = seal;
    this.mender = mender;
    this.attempts = attempts;
    this.journal = journal;
    this.outlet = outlet;
    this.ledger = ledger;
  }

  /**
   * Runs a redrive, and prints its ledger.
   *
   * @return the exit code: 1 if a row is no dead letter, or the ledger does not balance
   * @throws dhara.options.BadOption if the options contradict each other, or a place cannot be used
   * @throws IOException if the letters cannot be read, or a file cannot be written
   * @throws IllegalStateException if a topic refuses a record; what arrived before is in the
   *     journal
   */
  static int run(Analysis<?> analysis, RedriveOptions options, LineWriter writer, Console console)
      throws IOException, InterruptedException {
    FileSystems.setDefaultPipelineOptions(options);
    Instant start = Instant.now().truncatedTo(ChronoUnit.MICROS);
    WayBack way = WayBack.of(analysis, options, writer);
    LetterChoice choice = LetterChoice.of(options, way.name(), start);
    String key = options.getTokeniseKey();
    Seal seal = key == null ? null : Seal.with(KeyReference.of(key));
    Path report =
        options.getReport() == null ? null : Checked.file("--report", options.getReport());
    Path file = Checked.file("--journal", options.getJournal());
    Letters letters = Letters.at(Endpoint.of("--letters", options.getLetters()));
    checkLoop(letters, way, Endpoint.of("--to", options.getTo()));
    boolean dry = options.getDryRun();
    RedriveLedger ledger = new RedriveLedger(way.name(), dry);
    try (RedriveJournal journal =
        dry ? RedriveJournal.read(file, start) : RedriveJournal.open(file, start, way.file())) {
      checkNew(way, journal, options, console);
      try (Outlet outlet = dry ? null : way.opening().get()) {
        new Redrive(choice, seal, way.mender(), options.getAttempts(), journal, outlet, ledger)
            .toTheEnd(letters, console);
      }
    }
    ledger.print(Printable.stream(console.out()));
    console.out().flush();
    if (report != null) {
      ledger.write(report, analysis.name());
    }
    List<String> leaks = ledger.leaks();
    leaks.forEach(leak -> console.err().println(Launcher.NAME + ": " + leak));
    return leaks.isEmpty() && ledger.of(Exit.UNREADABLE) == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** Refuses to write where letters are read: the next redrive would take events for letters. */
  private static void checkLoop(Letters letters, WayBack way, Endpoint to) {
    Endpoint from = letters.endpoint();
    if (way.file() != null) {
      if (from.scheme().equals("files")
          && way.file().startsWith(Path.of(from.path(), letters.name()).toAbsolutePath())) {
        throw to.bad("is in the folder of the letters; name a file among those of the events");
      }
    } else if (to.scheme().equals("kafka")) {
      String suffix = letters.name().isEmpty() ? "" : "-" + letters.name();
      Place read = new Place(from, "the dead letters", suffix, false);
      Place.check(List.of(read), List.of(new Place(to, way.name(), "", true)));
    }
  }

  private static void checkNew(
      WayBack way, RedriveJournal journal, RedriveOptions options, Console console) {
    if (journal.settled() != null) {
      console
          .err()
          .printf(
              "%s: %s was complete when the redrive before was killed; it counts now%n",
              Launcher.NAME, journal.settled());
    }
    if (way.file() != null && Files.exists(way.file()) && !way.file().equals(journal.settled())) {
      throw Endpoint.of("--to", options.getTo())
          .bad("is there already, and would be overwritten; name a new file");
    }
  }

  private void toTheEnd(Letters letters, Console console) throws IOException, InterruptedException {
    Progress progress = Progress.of(ledger::read, "events", console);
    boolean ended = false;
    try {
      letters.read(this);
      send();
      if (outlet != null) {
        outlet.finish();
        ledger.arrived(outlet.arrived());
      }
      journal.done();
      ended = true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      progress.stop();
      if (!ended) {
        console
            .err()
            .printf(
                "%s: stopped after %,d records; the journal tells what has arrived, so run it again"
                    + " with the same%n",
                Launcher.NAME, ledger.read());
      }
    }
  }

  @Override
  public void row(WrittenRow row) throws InterruptedException {
    DeadLetter letter;
    try {
      letter = LetterReader.read(row);
    } catch (IllegalStateException e) {
      unreadable(e.getMessage());
      return;
    }
    ledger.read(letter);
    if (!choice.takes(letter)) {
      ledger.left(Exit.SKIPPED, letter);
      return;
    }
    Digest id = Digest.of(letter);
    if (journal.sent(id) || inBatch.contains(id)) {
      ledger.left(Exit.SENT_BEFORE, letter);
      return;
    }
    DeadLetter open;
    try {
      open = opened(letter);
    } catch (BadEvent e) {
      ledger.stillDead(letter, e);
      return;
    }
    Mended mended;
    try {
      mended = mender.of(open);
    } catch (BadEvent e) {
      // What was sealed is not printed.
      ledger.stillDead(
          letter, Seal.isSealed(letter.bytes()) ? new BadEvent(e.reason(), Seal.TEXT) : e);
      return;
    }
    int before = journal.attempts(id, Digest.of(open.bytes()), letter.seenAt());
    if (before >= attempts) {
      ledger.left(Exit.OVER_THE_CAP, letter);
      return;
    }
    if (batch.size() == BATCH || namesInBatch.contains(mended.name())) {
      send();
    }
    batch.add(new Outgoing(open, id, before + 1, mended));
    inBatch.add(id);
    if (!mended.name().isEmpty()) {
      namesInBatch.add(mended.name());
    }
  }

  /** A letter with the bytes that were sealed, if they are. */
  private DeadLetter opened(DeadLetter letter) throws BadEvent {
    if (!Seal.isSealed(letter.bytes())) {
      return letter;
    } else if (seal == null) {
      throw new BadEvent(
          letter.reason(),
          "it is sealed; name its key, e.g. --tokeniseKey=file:/etc/dhara/token.key");
    }
    try {
      Seal.Opened content = seal.open(letter.bytes());
      return letter.with(content.reason(), content.bytes());
    } catch (IllegalArgumentException e) {
      throw new BadEvent(letter.reason(), e.getMessage());
    }
  }

  @Override
  public void unreadable(String why) {
    ledger.unreadable(why);
  }

  private void send() throws InterruptedException {
    try {
      Map<String, String> untaken =
          outlet == null || batch.isEmpty() ? Map.of() : outlet.send(batch);
      for (Outgoing each : batch) {
        String why = untaken.get(each.mended().name());
        if (why == null) {
          journal.noteSent(each.id(), Digest.of(each.mended().bytes()));
          ledger.left(Exit.SENT, each.letter());
        } else {
          journal.noteTried(each.id());
          ledger.stillDead(each.letter(), new BadEvent(Reason.UNDELIVERED, why));
        }
      }
      journal.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    batch.clear();
    inBatch.clear();
    namesInBatch.clear();
  }
}
