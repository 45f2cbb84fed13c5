package dhara.reconcile;

import dhara.connectors.Aside;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.formats.RecordFields;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.reconcile.Cause.Kind;
import dhara.reconcile.Cause.Side;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.windows.InGlobalWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A comparison of two sets of answers: finds their outputs, and the late events and dead letters
 * beside them, and reads all of them into {@link Reconcile}.
 *
 * <p>In a folder every sub-folder is an output, except {@code dead-letters}, {@code late}, {@code
 * ledger} and {@code shed}; files in the folder itself are one output, and so is a topic. If an
 * analysis is given, its outputs are compared: {@code DIR/OUTPUT}; {@code TOPIC} for the first and
 * {@code TOPIC-OUTPUT} for the others. If one side does not name its only output, the name of the
 * other side is used.
 *
 * <pre>{@code
 * Comparison.of(Endpoint.of("A", "files:stream"), Endpoint.of("B", "files:backfill"), asked)
 *     .findings(pipeline);
 * }</pre>
 *
 * and within an analysis' own pipeline, where A has not been written yet:
 *
 * <pre>{@code
 * Comparison with = Comparison.with(Endpoint.of("--compareTo", uri), asked);
 * with.findings(PCollectionList.of(with.rows(METRICS, metrics)).and(with.rows(TOP, top)));
 * }</pre>
 */
public final class Comparison {

  private static final String LATE = "late";

  /** Names in a folder of results that are not outputs. */
  private static final Set<String> RESERVED =
      Set.of(Aside.DEAD_LETTERS, LATE, "ledger", Aside.SHED);

  /** The name of an output that neither side names. */
  private static final String UNNAMED = "answers";

  /** A few of these fit into a worker's memory as objects. */
  private static final long BYTES_PER_SHARD = 8L << 20;

  private static final int MOST_SHARDS = 1 << 16;

  /**
   * The least number of shards for the answers of a running pipeline, whose number is unknown:
   * enough for some gigabytes.
   */
  private static final int LEAST_SHARDS_OF_OURS = 512;

  /**
   * The parameters of a comparison.
   *
   * @param analysis the analysis that gave the answers; null if unknown
   * @param from windows that start before it are not compared; null for none
   * @param until windows that end after it are not compared; null for none
   * @param tolerance see {@link Reconcile#withTolerance}
   * @param late the place of late events; null to look for them, {@code none} for none
   * @param deadLetters likewise
   * @param map how to read the time of dead letters
   * @param allowEmpty whether there may be nothing to compare
   */
  public record Asked(
      @Nullable Analysis<?> analysis,
      @Nullable Instant from,
      @Nullable Instant until,
      double tolerance,
      @Nullable String late,
      @Nullable String deadLetters,
      Mapping map,
      boolean allowEmpty) {

    /** Compares everything exactly. */
    public static Asked everything() {
      return new Asked(null, null, null, 0, null, null, Mapping.none(), false);
    }
  }

  /** A list of possible causes of differences. */
  private record Causes(Kind kind, Side side, ResultSet set, String name) {

    String where() {
      String uri = set.endpoint().uri();
      return uri + (name.isEmpty() ? "" : " (" + name + ")");
    }
  }

  private final Asked asked;
  private final @Nullable ResultSet a;
  private final ResultSet b;
  private final Map<String, String> outputsOfA;
  private final Map<String, String> outputsOfB;
  private final List<Causes> causes = new ArrayList<>();

  private Comparison(Asked asked, @Nullable ResultSet a, ResultSet b) {
    this.asked = asked;
    this.a = a;
    this.b = b;
    check(asked);
    outputsOfA = a == null ? new TreeMap<>() : outputs(a);
    outputsOfB = outputs(b);
    if (a != null) {
      nameAlike(outputsOfA, outputsOfB, b);
      nameAlike(outputsOfB, outputsOfA, a);
    }
    look(Kind.LATE, "--late", LATE, asked.late);
    look(Kind.DEAD_LETTER, "--deadLetters", Aside.DEAD_LETTERS, asked.deadLetters);
  }

  /**
   * Compares the answers at two endpoints.
   *
   * @throws BadOption if an endpoint has none, or the parameters contradict each other
   */
  public static Comparison of(Endpoint a, Endpoint b, Asked asked) {
    return new Comparison(asked, ResultSet.of(a), ResultSet.of(b));
  }

  /**
   * Compares answers that a pipeline is about to give, as A, with those that an endpoint has, as B.
   *
   * @throws BadOption as {@link #of}
   */
  public static Comparison with(Endpoint existing, Asked asked) {
    return new Comparison(asked, null, ResultSet.of(existing));
  }

  private static void check(Asked asked) {
    if (!(asked.tolerance >= 0 && asked.tolerance < 1)) {
      throw new BadOption(
          "--tolerance", asked.tolerance, "is no share from 0 up to 1, e.g. --tolerance=1e-9");
    }
    if (asked.from != null && asked.until != null && !asked.from.isBefore(asked.until)) {
      throw new BadOption(
          "--until",
          asked.until,
          "is not after --from=" + asked.from + ": the range would be empty");
    }
  }

  private Map<String, String> outputs(ResultSet set) {
    Map<String, String> outputs = new TreeMap<>();
    if (set.names().isEmpty() && !asked.allowEmpty) {
      throw set.endpoint().bad("has no results: there is no such folder, or no file in it");
    }
    if (asked.analysis != null) {
      for (Output<?, ?> output : asked.analysis.outputs()) {
        boolean first = outputs.isEmpty() && !set.namesOutputs();
        String name = first ? "" : output.name();
        if (set.names().contains(name)) {
          outputs.put(name, output.name());
        }
      }
      if (a == null) { // effects are not compared
        asked.analysis.outputs().stream()
            .filter(Output::acts)
            .forEach(output -> outputs.values().remove(output.name()));
      }
    } else if (set.namesOutputs()) {
      set.names().stream()
          .filter(name -> !RESERVED.contains(name))
          .forEach(name -> outputs.put(name, name.isEmpty() ? UNNAMED : name));
    } else {
      outputs.put("", UNNAMED);
    }
    if (outputs.isEmpty() && !asked.allowEmpty) {
      throw set.endpoint().bad("has none of the outputs; it has " + String.join(", ", set.names()));
    }
    return outputs;
  }

  /** Gives the only, unnamed output of one side the name of the other side's only output. */
  private void nameAlike(
      Map<String, String> unnamed, Map<String, String> named, ResultSet namedSet) {
    if (asked.analysis != null || !unnamed.keySet().equals(Set.of("")) || named.containsKey("")) {
      return;
    }
    if (named.size() > 1) {
      throw namedSet
          .endpoint()
          .bad(
              "has the outputs "
                  + String.join(", ", named.values())
                  + ", the other side has one without a name; name one of them, or the analysis:"
                  + " --analysis=NAME");
    }
    named.values().forEach(name -> unnamed.put("", name));
  }

  private void look(Kind kind, String option, String name, @Nullable String given) {
    if (given == null) {
      if (a != null && a.names().contains(name)) {
        causes.add(new Causes(kind, Side.A, a, name));
      }
      if (b.names().contains(name)) {
        causes.add(new Causes(kind, Side.B, b, name));
      }
    } else if (!given.equals("none")) {
      ResultSet set = ResultSet.of(Endpoint.of(option, given));
      String found = set.namesOutputs() && set.names().contains(name) ? name : "";
      if (!set.names().contains(found)) {
        throw set.endpoint().bad("has no files; --" + option.substring(2) + "=none is for none");
      }
      causes.add(new Causes(kind, Side.EITHER, set, found));
    }
  }

  /** The places that causes are read from, for a person. */
  public List<String> causes() {
    return causes.stream().map(Causes::where).toList();
  }

  /** Reads both sides and compares them. */
  public PCollection<Finding> findings(Pipeline pipeline) {
    if (a == null) {
      throw new IllegalStateException("A is not read; give its rows");
    }
    AnswerReader reader = new AnswerReader(canonical());
    return findings(
        a.read(pipeline, "A", outputsOfA, reader, RecordCoder.of(AnswerRow.class)), shards());
  }

  /**
   * Reads what exists and compares with it.
   *
   * @param rows of the answers of this pipeline, by {@link #rows}
   */
  public PCollection<Finding> findings(PCollectionList<AnswerRow> rows) {
    return findings(rows.apply("A", Flatten.pCollections()), shards());
  }

  private PCollection<Finding> findings(PCollection<AnswerRow> ours, int shards) {
    Pipeline pipeline = ours.getPipeline();
    PCollection<AnswerRow> theirs =
        b.read(
            pipeline,
            "B",
            outputsOfB,
            new AnswerReader(canonical()),
            RecordCoder.of(AnswerRow.class));
    return PCollectionTuple.of(Reconcile.A, ours)
        .and(Reconcile.B, theirs)
        .and(Reconcile.CAUSES, read(pipeline))
        .apply(
            "Reconcile",
            Reconcile.by(canonical())
                .within(
                    asked.from == null ? Instant.MIN : asked.from,
                    asked.until == null ? Instant.MAX : asked.until)
                .inShards(shards)
                .of(asked.analysis == null ? List.of() : asked.analysis.outputs()));
  }

  private PCollection<Cause> read(Pipeline pipeline) {
    RecordCoder<Cause> coder = RecordCoder.of(Cause.class);
    PCollectionList<Cause> all =
        PCollectionList.of(pipeline.apply("NoCauses", Create.empty(coder)));
    for (Causes list : causes) {
      String step = (list.kind == Kind.LATE ? "Late" : "DeadLetters") + list.side;
      all =
          all.and(
              list.set.read(
                  pipeline,
                  step,
                  Map.of(list.name, step),
                  new CauseReader(list.kind, list.side, asked.map.only("at")),
                  coder));
    }
    return all.apply("Causes", Flatten.pCollections());
  }

  /** Converts answers of this pipeline to rows of A, in the global window. */
  public <K extends Record, V extends Record> PCollection<AnswerRow> rows(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    String step = output.name() + ".Rows";
    return answers
        .apply(step + ".Global", InGlobalWindow.into())
        .apply(
            step,
            ParDo.of(
                new RowsFn<>(
                    output.name(),
                    RecordFields.of(output.key()),
                    RecordFields.of(output.value()),
                    canonical())))
        .setCoder(RecordCoder.of(AnswerRow.class));
  }

  /** The definition of equality: if a side has only text, text and numbers can be equal. */
  private Canonical canonical() {
    boolean textual =
        b.textual(outputsOfB.keySet()) || (a != null && a.textual(outputsOfA.keySet()));
    return new Canonical(textual, asked.tolerance);
  }

  /**
   * Enough shards that several fit into a worker's memory; answers of this pipeline are assumed to
   * be as many as the other side's.
   */
  private int shards() {
    long theirs = b.bytes(outputsOfB.keySet());
    long bytes = theirs + (a == null ? theirs : a.bytes(outputsOfA.keySet()));
    int least = a == null ? LEAST_SHARDS_OF_OURS : Reconcile.LEAST_SHARDS;
    return (int) Math.max(least, Math.min(MOST_SHARDS, bytes / BYTES_PER_SHARD));
  }

  /** The outputs that only one side has, each with the side that lacks it. */
  public Map<String, String> lacking() {
    Map<String, String> lacking = new LinkedHashMap<>();
    if (a == null) {
      return lacking;
    }
    for (String output : outputsOfA.values()) {
      if (!outputsOfB.containsValue(output)) {
        lacking.put(output, "B");
      }
    }
    for (String output : outputsOfB.values()) {
      if (!outputsOfA.containsValue(output)) {
        lacking.put(output, "A");
      }
    }
    return lacking;
  }
}
