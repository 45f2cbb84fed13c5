package dhara.reconcile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.pipelines.Output;
import dhara.reconcile.Cause.Side;
import dhara.reconcile.Finding.Kind;
import dhara.records.RecordCoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileTest {

  private static final long NINE = Instant.parse("2026-01-05T09:00:00Z").toEpochMilli();

  /** Widths from a millisecond to 300 years, so that every level of buckets has some. */
  private static final long[] WIDTHS = {
    1,
    1_000,
    60_000,
    65_536,
    65_537,
    1_800_000,
    86_400_000,
    30L * 86_400_000,
    900L * 86_400_000,
    300L * 365 * 86_400_000
  };

  @TempDir private Path folder;

  @Test
  void theJoinByTimeFindsWhatALoopOverAllPairsFinds() throws IOException {
    Random random = new Random(5);
    List<Cause> causes = new ArrayList<>();
    long at = NINE;
    for (int i = 0; i < 400; i++) {
      // Of every density, so that at every level cells hold many, one and none.
      at += (long) Math.pow(10, random.nextDouble() * 8);
      causes.add(
          i % 3 == 0
              ? new Cause(Cause.Kind.DEAD_LETTER, Side.A, "D" + i, at, at, "digest" + i)
              : new Cause(Cause.Kind.LATE, Side.B, "L" + i, at, at, "place" + i));
    }
    List<AnswerRow> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      long width = WIDTHS[random.nextInt(WIDTHS.length)];
      Cause near = causes.get(random.nextInt(causes.size()));
      long start = near.lastMillis() + random.nextInt(5) - 2 - random.nextInt(2) * (width - 1);
      rows.add(row("k" + i, start, start + width));
    }

    List<Finding> findings = findings(rows, List.of(), causes, Reconcile.exactly());

    Map<Cause.Kind, Long> counts = new TreeMap<>();
    for (AnswerRow row : rows) {
      counts.merge(because(row, causes), 1L, Long::sum);
    }
    assertThat("each cause is met", counts.size(), is(3));
    assertThat(counts(findings), is(counts));
    for (Finding finding : findings) {
      assertThat(finding.kind(), is(Kind.ONLY_IN_A));
      for (Difference worst : finding.worst()) {
        for (String id : worst.causes()) {
          Cause cause = causes.get(Integer.parseInt(id.substring(1)));
          assertThat(id + worst, in(worst.start(), worst.end(), cause), is(true));
        }
        assertThat(worst.causes().size(), is(lessThanOrEqualTo(3)));
        assertThat(worst.causes().isEmpty(), is(finding.cause() == Cause.Kind.NONE));
      }
    }
  }

  /** The slow, obvious truth. */
  private static Cause.Kind because(AnswerRow row, List<Cause> causes) {
    Cause.Kind because = Cause.Kind.NONE;
    for (Cause cause : causes) {
      if (in(row.start(), row.end(), cause) && because != Cause.Kind.LATE) {
        because = cause.kind();
      }
    }
    return because;
  }

  private static boolean in(Instant start, Instant end, Cause cause) {
    Instant at = Instant.ofEpochMilli(cause.lastMillis());
    return !at.isBefore(start) && at.isBefore(end);
  }

  private static Map<Cause.Kind, Long> counts(List<Finding> findings) {
    Map<Cause.Kind, Long> counts = new TreeMap<>();
    findings.forEach(finding -> counts.merge(finding.cause(), finding.count(), Long::sum));
    return counts;
  }

  private record Of(String key) {}

  private record Level(long level) {}

  @Test
  void anEventBeforeAWindowExplainsItWithinTheHistoryOfTheOutput() throws IOException {
    List<Cause> late = List.of(new Cause(Cause.Kind.LATE, Side.B, "L", NINE, NINE, "place"));
    List<AnswerRow> rows =
        List.of(
            row("before", NINE - 1, NINE),
            row("at", NINE, NINE + 1),
            row("soon after", NINE + 60_000, NINE + 60_001),
            row("too long after", NINE + 60_001, NINE + 60_002));
    Output<Of, Level> output = new Output<>(rows.get(0).output(), Of.class, Level.class);

    assertThat(
        counts(findings(rows, List.of(), late, Reconcile.exactly())),
        is(Map.of(Cause.Kind.LATE, 1L, Cause.Kind.NONE, 3L)));
    assertThat(
        counts(
            findings(
                rows,
                List.of(),
                late,
                Reconcile.exactly().of(List.of(output.withHistory(Duration.ofMinutes(1)))))),
        is(Map.of(Cause.Kind.LATE, 2L, Cause.Kind.NONE, 2L)));
    assertThat(
        counts(
            findings(
                rows, List.of(), late, Reconcile.exactly().of(List.of(output.withAllHistory())))),
        is(Map.of(Cause.Kind.LATE, 3L, Cause.Kind.NONE, 1L)));
  }

  @Test
  void theWorstAreTheSameHoweverTheWorkIsSplit() throws IOException {
    List<AnswerRow> a =
        LongStream.range(0, 500).mapToObj(i -> row("k" + i, NINE + i, NINE + i + 1_000)).toList();

    Finding one = findings(a, List.of(), List.of(), Reconcile.exactly().inShards(1)).get(0);
    Finding many = findings(a, List.of(), List.of(), Reconcile.exactly().inShards(97)).get(0);

    assertThat(one, is(many));
    assertThat(one.count(), is(500L));
    assertThat(
        one.worst().stream().map(Difference::key).toList().toString(),
        is(
            "[{\"of\":\"k0\"}, {\"of\":\"k1\"}, {\"of\":\"k2\"}, {\"of\":\"k3\"}, {\"of\":\"k4\"},"
                + " {\"of\":\"k5\"}, {\"of\":\"k6\"}, {\"of\":\"k7\"}, {\"of\":\"k8\"},"
                + " {\"of\":\"k9\"}]"));
  }

  @Test
  void whatExplainsASessionExplainsThePartsThatItTookIn() throws IOException {
    Cause late = new Cause(Cause.Kind.LATE, Side.A, "L", NINE + 10, NINE + 10, "place");
    List<AnswerRow> a =
        List.of(
            row("k", NINE + 500, NINE + 900), // a part, which the event does not touch
            row("k", NINE + 900, NINE + 1_001), // goes on after the end
            row("other", NINE + 500, NINE + 900));
    List<AnswerRow> b = List.of(row("k", NINE, NINE + 1_000));

    List<Finding> findings = findings(a, b, List.of(late), Reconcile.exactly());

    assertThat(counts(findings), is(Map.of(Cause.Kind.LATE, 2L, Cause.Kind.NONE, 2L)));
    Finding parts =
        findings.stream()
            .filter(f -> f.kind() == Kind.ONLY_IN_A && f.cause() == Cause.Kind.LATE)
            .findFirst()
            .orElseThrow();
    assertThat(parts.worst().get(0).start(), is(Instant.ofEpochMilli(NINE + 500)));
    assertThat(parts.worst().get(0).causes(), is(List.of("L")));
  }

  @Test
  void nothingIsCodedByJavaSerialization() {
    Pipeline pipeline = Pipeline.create();
    reconciled(pipeline, List.of(), List.of(), List.of(), Reconcile.exactly());
    List<String> all = new ArrayList<>();
    List<String> serialized = new ArrayList<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public void visitValue(PValue value, Node producer) {
            all.add(producer.getFullName());
            if (value instanceof PCollection<?> collection && serializes(collection.getCoder())) {
              serialized.add(producer.getFullName());
            }
          }
        });
    assertThat(all.size(), is(greaterThan(20)));
    assertThat(serialized, is(empty()));
  }

  private static boolean serializes(Coder<?> coder) {
    return coder instanceof SerializableCoder
        || coder.getCoderArguments().stream().anyMatch(ReconcileTest::serializes);
  }

  private static PCollection<Finding> reconciled(
      Pipeline pipeline,
      List<AnswerRow> a,
      List<AnswerRow> b,
      List<Cause> causes,
      Reconcile reconcile) {
    RecordCoder<AnswerRow> rows = RecordCoder.of(AnswerRow.class);
    return PCollectionTuple.of(Reconcile.A, pipeline.apply("A", Create.of(a).withCoder(rows)))
        .and(Reconcile.B, pipeline.apply("B", Create.of(b).withCoder(rows)))
        .and(
            Reconcile.CAUSES,
            pipeline.apply("Causes", Create.of(causes).withCoder(RecordCoder.of(Cause.class))))
        .apply(reconcile);
  }

  private List<Finding> findings(
      List<AnswerRow> a, List<AnswerRow> b, List<Cause> causes, Reconcile reconcile)
      throws IOException {
    Pipeline pipeline = Pipeline.create();
    Path file = Files.createTempFile(folder, "findings", "");
    reconciled(pipeline, a, b, causes, reconcile).apply(Report.keptIn(file.toString()));
    pipeline.run().waitUntilFinish();
    return Report.parse(Files.readAllLines(file));
  }

  private static AnswerRow row(String key, long start, long end) {
    return new AnswerRow(
        "hauls",
        "{\"of\":\"" + key + "\"}",
        Instant.ofEpochMilli(start),
        Instant.ofEpochMilli(end),
        0,
        0,
        "{\"n\":1}");
  }
}
