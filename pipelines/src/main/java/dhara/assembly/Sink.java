package dhara.assembly;

import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Connector.Rows;
import dhara.connectors.Connector.Target;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.events.DeadLetter;
import dhara.events.LateEvent;
import dhara.files.OutputFolder;
import dhara.ledger.Ledger;
import dhara.ledger.LedgerRows;
import dhara.ledger.ShedLedger;
import dhara.metrics.Delays.Due;
import dhara.metrics.Latency;
import dhara.pipelines.Output;
import dhara.scratch.Scratch;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.effect.Incident;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.POutput;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The sink of answers or dead letters: the endpoint that the user named, checked before anything
 * runs.
 *
 * @param <T> the rows
 */
public final class Sink<T> {

  private final Endpoint endpoint;
  private final Rows<T> rows;
  private final Target<T> target;
  private final @Nullable Due<T> due;
  private final boolean over;
  private final boolean deletes;

  private Sink(Endpoint endpoint, Rows<T> rows, Connector.Run run) {
    this.endpoint = endpoint;
    this.rows = rows;
    Connector connector = Connector.of(endpoint, Ability.UPSERT, Ability.APPEND);
    this.target = connector.target(endpoint, rows, run);
    this.due = rows.due();
    this.over = connector.abilities().contains(Ability.UPSERT);
    this.deletes = connector.abilities().contains(Ability.DELETE);
  }

  /**
   * The sink of an output's answers: {@code DIR/NAME}, the topic (with a suffix, or as it is
   * named), or the console.
   *
   * @param asNamed whether the topic or table has the name in the endpoint: the first output's, and
   *     that of an output which feeds a reference; otherwise the name of the output is its suffix
   * @param due when a stream's answer is due, for the latency metrics; null for a bounded run
   */
  public static <K extends Record, V extends Record> Sink<Answer<K, V>> answers(
      Endpoint endpoint,
      Output<K, V> output,
      boolean asNamed,
      @Nullable Due<Answer<K, V>> due,
      Connector.Run run) {
    return new Sink<>(
        endpoint,
        new Rows<>(
            output.name(),
            asNamed ? "" : "-" + output.name(),
            true,
            false,
            RowFormat.answers(output.key(), output.value()),
            TooLong.answers(output.name()),
            due),
        run);
  }

  /** The sink of the answers that an effect acts on, like {@link #answers}. */
  public static <K extends Record, V extends Record> Sink<Answer<Incident<K>, V>> effects(
      Endpoint endpoint, Output<K, V> output, boolean asNamed, Connector.Run run) {
    return new Sink<>(
        endpoint,
        new Rows<>(
            output.name(),
            asNamed ? "" : "-" + output.name(),
            true,
            false,
            RowFormat.effects(output.key(), output.value()),
            TooLong.answers(output.name()),
            null),
        run);
  }

  /**
   * The sink of dead letters: {@code DIR/dead-letters} or a topic.
   *
   * @param besideAnswers whether the endpoint is that of the answers: its topic gets a suffix
   */
  public static Sink<DeadLetter> deadLetters(
      Endpoint endpoint, boolean besideAnswers, Connector.Run run) {
    return aside(
        endpoint,
        Aside.DEAD_LETTERS,
        besideAnswers,
        false,
        RowFormat.deadLetters(),
        TooLong.deadLetters(),
        run);
  }

  /** The sink of a stream's late events: {@code DIR/late} or a topic. */
  public static Sink<LateEvent> late(Endpoint endpoint, boolean besideAnswers, Connector.Run run) {
    return aside(endpoint, Aside.LATE, besideAnswers, false, RowFormat.late(), TooLong.late(), run);
  }

  /** The sink of the ledger, {@code DIR/ledger} or a topic, with an upsert for each input. */
  public static Sink<Ledger> ledger(Endpoint endpoint, boolean besideAnswers, Connector.Run run) {
    return aside(
        endpoint, Aside.LEDGER, besideAnswers, true, LedgerRows.format(), TooLong.fails(), run);
  }

  /**
   * The sink of what a stream has shed, {@code DIR/shed} or a topic, with an upsert for each
   * output. It is beside the ledger, so its topic always has a suffix.
   */
  public static Sink<ShedLedger> shed(Endpoint endpoint, Connector.Run run) {
    return aside(endpoint, Aside.SHED, true, true, ShedLedger.rows(), TooLong.fails(), run);
  }

  private static <T> Sink<T> aside(
      Endpoint endpoint,
      String name,
      boolean besideAnswers,
      boolean upserts,
      RowFormat<T> format,
      TooLong<T> tooLong,
      Connector.Run run) {
    String suffix = besideAnswers ? "-" + name : "";
    return new Sink<>(
        endpoint, new Rows<>(name, suffix, upserts, true, format, tooLong, null), run);
  }

  /** The rows that it takes. */
  public Rows<T> rows() {
    return rows;
  }

  /** Its endpoint. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Whether its rows replace earlier rows with the same key. */
  public boolean over() {
    return over;
  }

  /** Whether its rows go to a folder of the run. */
  public boolean inFolder() {
    return target.folder() != null;
  }

  /** Whether it accepts withdrawals, which delete the row with their key. */
  public boolean deletes() {
    return deletes;
  }

  /** Whether a bounded run keeps the rows in its folder, for the command to show. */
  public boolean kept() {
    return target.kept();
  }

  /** How often a stream writes its ledger. */
  public Duration pace() {
    return target.pace();
  }

  /**
   * Checks, before anything runs, that it can be written to; changes nothing.
   *
   * @throws dhara.options.BadOption naming the option, the value and the fix
   */
  public void check() {
    target.check().run();
  }

  /**
   * Creates the target if it does not exist; call it once, before the pipeline runs.
   *
   * @throws dhara.options.BadOption if it cannot be created
   */
  public void create() {
    target.create().run();
  }

  /** The name of its rows: an output, or one of {@link Aside}. */
  public String name() {
    return rows.name();
  }

  /** The place that it writes to, for a person. */
  String named() {
    return Connector.of(endpoint.scheme()).orElseThrow().named(destination());
  }

  /** The place of the rows of a run, for a person. */
  public String place() throws IOException {
    OutputFolder folder = target.folder();
    if (folder == null) {
      return "to " + named();
    }
    if (Scratch.ofProcess().holds(Path.of(folder.path()))) {
      return "in a temporary folder"; // its path says nothing to anybody, and will be gone
    }
    long files = folder.files();
    return "in %,d %s of %s".formatted(files, files == 1 ? "file" : "files", folder.path());
  }

  /** Marks a folder as complete, with the ledgers of the run that wrote it. */
  public void succeed(List<Ledger> ledgers) {
    OutputFolder folder = target.folder();
    if (folder == null) {
      return;
    }
    try {
      folder.succeed(ledgers.stream().map(Ledger::json).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(
          folder.path() + " cannot be marked as whole: " + e.getMessage(), e);
    }
  }

  /** Releases a folder that it has claimed. */
  public void release() throws IOException {
    if (target.folder() != null) {
      target.folder().close();
    }
  }

  /** The step that writes; it counts the delays of a stream's answers. */
  public PTransform<PCollection<T>, ? extends POutput> write() {
    return due == null || target.metered() ? target.write() : new Metered<>(target.write(), due);
  }

  /** The output of the writing step: dead letters that replace rows that are too long. */
  public static Optional<PCollection<DeadLetter>> replaced(POutput written) {
    return written instanceof PCollectionTuple tuple && tuple.has(TooLong.REPLACED)
        ? Optional.of(tuple.get(TooLong.REPLACED))
        : Optional.empty();
  }

  /** The place that it writes to. */
  public Place destination() {
    return new Place(endpoint, rows.name(), rows.suffix(), true);
  }

  private static final class Metered<T> extends PTransform<PCollection<T>, POutput> {

    private static final long serialVersionUID = 1L;

    private final PTransform<PCollection<T>, ? extends POutput> write;
    private final Due<T> due;

    Metered(PTransform<PCollection<T>, ? extends POutput> write, Due<T> due) {
      this.write = write;
      this.due = due;
    }

    @Override
    public POutput expand(PCollection<T> elements) {
      PDone unused = elements.apply("Delays", Latency.of(due));
      return write.expand(elements);
    }
  }
}
