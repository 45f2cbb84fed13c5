package dhara.reconcile;

import dhara.formats.text.Instants;
import dhara.reconcile.Finding.Kind;
import dhara.records.RecordCoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The result of a comparison, for a person and for a program.
 *
 * @param a the name of A
 * @param b the name of B
 * @param causes where late events and dead letters were read from
 * @param lacking outputs that a side does not have, with the side
 * @param findings one for each output, kind and cause
 */
public record Report(
    String a,
    String b,
    List<String> causes,
    Map<String, String> lacking,
    Collection<Finding> findings) {

  static final List<Kind> DIFFERENT = List.of(Kind.DIFFERS, Kind.ONLY_IN_A, Kind.ONLY_IN_B);
  static final List<Cause.Kind> CAUSES =
      List.of(Cause.Kind.NONE, Cause.Kind.LATE, Cause.Kind.DEAD_LETTER);

  /** Writes findings as lines of one file, for {@link #parse}. */
  public static PTransform<PCollection<Finding>, PDone> keptIn(String file) {
    return new Keep(file);
  }

  /** The findings of such lines. */
  public static List<Finding> parse(List<String> lines) throws CoderException {
    List<Finding> findings = new ArrayList<>();
    for (String line : lines) {
      findings.add(CoderUtils.decodeFromBase64(RecordCoder.of(Finding.class), line));
    }
    return findings;
  }

  private static final class Keep extends PTransform<PCollection<Finding>, PDone> {

    private static final long serialVersionUID = 1L;

    private final String file;

    Keep(String file) {
      this.file = file;
    }

    @Override
    public PDone expand(PCollection<Finding> findings) {
      return findings
          .apply("Line", MapElements.into(TypeDescriptors.strings()).via(Keep::line))
          .apply("Write", TextIO.write().to(file).withoutSharding());
    }

    private static String line(Finding finding) {
      try {
        return CoderUtils.encodeToBase64(RecordCoder.of(Finding.class), finding);
      } catch (CoderException e) {
        throw new IllegalStateException("a finding cannot be kept", e);
      }
    }
  }

  Set<String> outputs() {
    Set<String> outputs = new TreeSet<>(lacking.keySet());
    findings.stream()
        .filter(finding -> finding.kind() != Kind.UNDATED)
        .forEach(finding -> outputs.add(finding.output()));
    return outputs;
  }

  long count(String output, Kind kind) {
    return findings.stream()
        .filter(f -> f.output().equals(output) && f.kind() == kind)
        .mapToLong(Finding::count)
        .sum();
  }

  long count(String output, Kind kind, Cause.Kind cause) {
    return findings.stream()
        .filter(f -> f.output().equals(output) && f.kind() == kind && f.cause() == cause)
        .mapToLong(Finding::count)
        .sum();
  }

  /** The number of compared answers, by key and window, that at least one side has. */
  public long compared() {
    return outputs().stream().mapToLong(this::compared).sum();
  }

  long compared(String output) {
    return count(output, Kind.SAME) + different(output);
  }

  private long different(String output) {
    return DIFFERENT.stream().mapToLong(kind -> count(output, kind)).sum();
  }

  /** The number of rows whose windows are not in the range. */
  public long outside() {
    return outputs().stream().mapToLong(output -> count(output, Kind.OUTSIDE)).sum();
  }

  /** The number of answers that differ without an explanation. */
  public long unexplained() {
    return different(Cause.Kind.NONE);
  }

  long different(Cause.Kind cause) {
    return findings.stream()
        .filter(f -> DIFFERENT.contains(f.kind()) && f.cause() == cause)
        .mapToLong(Finding::count)
        .sum();
  }

  long undated() {
    return findings.stream()
        .filter(finding -> finding.kind() == Kind.UNDATED)
        .mapToLong(Finding::count)
        .sum();
  }

  /** The worst differences of an output, unexplained ones first. */
  List<Example> examples(String output) {
    return examples(output, DIFFERENT);
  }

  private List<Example> examples(String output, List<Kind> kinds) {
    List<Example> examples = new ArrayList<>();
    for (Cause.Kind cause : CAUSES) {
      List<Example> of = new ArrayList<>();
      for (Finding finding : findings) {
        if (finding.output().equals(output)
            && finding.cause() == cause
            && kinds.contains(finding.kind())) {
          finding.worst().forEach(worst -> of.add(new Example(finding.kind(), cause, worst)));
        }
      }
      of.sort((one, other) -> Difference.WORST_FIRST.compare(one.difference, other.difference));
      examples.addAll(of);
    }
    return examples.subList(0, Math.min(Finding.MOST, examples.size()));
  }

  record Example(Kind kind, Cause.Kind cause, Difference difference) {}

  /**
   * Prints it; the last line gives the number of unexplained differences.
   *
   * @param most how many of the worst differences are shown per output
   */
  public void print(PrintStream out, int most) {
    out.println("A: " + a);
    out.println("B: " + b);
    out.println("explained by: " + (causes.isEmpty() ? "nothing" : String.join(", ", causes)));
    for (String output : outputs()) {
      print(output, out, most);
    }
    out.println();
    if (undated() > 0) {
      out.printf(
          "dead letters without a time that can be read, which explain nothing: %,d%n", undated());
    }
    out.printf(
        "%s compared: same %,d, explained by late events %,d, explained by dead letters %,d%n",
        counted(compared(), "answer"),
        compared() - unexplained() - different(Cause.Kind.LATE) - different(Cause.Kind.DEAD_LETTER),
        different(Cause.Kind.LATE),
        different(Cause.Kind.DEAD_LETTER));
    out.println(counted(unexplained(), "unexplained difference"));
  }

  /** How many of the largest changes are shown per output. */
  private static final int CHANGES = 3;

  /** Prints what A, a backfill, changes of B: a line for each output, and its largest changes. */
  public void printChanges(PrintStream out) {
    for (String output : outputs()) {
      out.printf(
          "%s, compared with %s: same %,d, changed %,d, new %,d, not in %s %,d%n",
          output,
          b,
          count(output, Kind.SAME),
          count(output, Kind.DIFFERS),
          count(output, Kind.ONLY_IN_A),
          a,
          count(output, Kind.ONLY_IN_B));
      examples(output, List.of(Kind.DIFFERS)).stream()
          .limit(CHANGES)
          .forEach(example -> printChange(example.difference, out));
    }
  }

  private static void printChange(Difference d, PrintStream out) {
    out.printf(
        "  %s [%s, %s): %s%n",
        d.key(),
        Instants.format(d.start()),
        Instants.format(d.end()),
        d.changes().stream()
            .map(change -> change.column() + " was " + change.b() + ", is " + change.a())
            .collect(Collectors.joining("; ")));
  }

  private static String counted(long count, String what) {
    return "%,d %s%s".formatted(count, what, count == 1 ? "" : "s");
  }

  private void print(String output, PrintStream out, int most) {
    out.println();
    out.printf("%s: %s", output, counted(compared(output), "answer"));
    if (lacking.containsKey(output)) {
      out.printf(
          ", all of them only in %s: %s has no such output",
          lacking.get(output).equals("A") ? "B" : "A", lacking.get(output));
    }
    out.println();
    out.printf("  %-9s  %,9d%n", "same", count(output, Kind.SAME));
    for (Kind kind : DIFFERENT) {
      out.printf("  %-9s  %,9d", words(kind), count(output, kind));
      if (count(output, kind) > 0) {
        out.printf(
            " = late %,d + dead letter %,d + unexplained %,d",
            count(output, kind, Cause.Kind.LATE),
            count(output, kind, Cause.Kind.DEAD_LETTER),
            count(output, kind, Cause.Kind.NONE));
      }
      out.println();
    }
    long outside = count(output, Kind.OUTSIDE);
    if (outside > 0) {
      out.printf("  outside the range, and not compared: %s%n", counted(outside, "row"));
    }
    List<Example> examples = examples(output);
    if (!examples.isEmpty() && most > 0) {
      out.println("  the worst of them:");
      examples.stream().limit(most).forEach(example -> print(example, out));
    }
  }

  private static void print(Example example, PrintStream out) {
    Difference d = example.difference;
    out.printf(
        "  - %s, %s: %s [%s, %s)%n",
        words(example.kind),
        because(example),
        d.key(),
        Instants.format(d.start()),
        Instants.format(d.end()));
    side("A", d.a(), out);
    side("B", d.b(), out);
    for (Difference.Change change : d.changes()) {
      out.printf("      %s: %s, %s", change.column(), change.a(), change.b());
      out.println(change.by() == null ? "" : " (by " + change.by() + ")");
    }
  }

  private static void side(String name, Difference.Settled settled, PrintStream out) {
    if (settled != null) {
      out.printf("      %s, revision %d: %s%n", name, settled.revision(), settled.value());
    }
  }

  private static String because(Example example) {
    List<String> ids = example.difference.causes();
    return switch (example.cause) {
      case NONE -> "unexplained";
      case LATE -> "late " + String.join(", ", ids);
      case DEAD_LETTER -> "dead letter " + String.join(", ", ids);
    };
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case DIFFERS -> "differs";
      case ONLY_IN_A -> "only in A";
      case ONLY_IN_B -> "only in B";
      case SAME -> "same";
      case OUTSIDE -> "outside";
      case UNDATED -> "undated";
    };
  }

  /** Writes it as a JSON object; the stream stays open. */
  public void write(OutputStream out) throws IOException {
    ReportJson.write(this, out);
  }
}
