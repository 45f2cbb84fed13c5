package dhara.assembly;

import dhara.ledger.ShedBooks;
import dhara.ledger.ShedLedger;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Nearest;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.load.LoadLevel;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.overload.DelayEffects;
import dhara.transforms.overload.ShedAnswers;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a stream with {@code --overload=true} sheds while it is loaded: the outputs of {@code
 * --shed} first, then all but the first. An effect is never shed, because no backfill would make up
 * for it; those of {@code --delay} wait. Nor is what feeds a reference, because other answers
 * depend on it.
 */
final class Shedding {

  private final Analysis<?> analysis;
  private final @Nullable LoadTerms terms;
  private final Set<String> named;
  private final Set<String> delayed;
  private final Duration delay;
  private final ShedBooks books = new ShedBooks();

  private Shedding(
      Analysis<?> analysis,
      @Nullable LoadTerms terms,
      Set<String> named,
      Set<String> delayed,
      Duration delay) {
    this.analysis = analysis;
    this.terms = terms;
    this.named = named;
    this.delayed = delayed;
    this.delay = delay;
  }

  /**
   * What the options say.
   *
   * @throws BadOption if they cannot be obeyed
   */
  static Shedding of(Analysis<?> analysis, DharaOptions options) {
    boolean on = options.getOverload();
    Set<String> shed = named("--shed", options.getShed(), on, analysis);
    Set<String> delayed = named("--delay", options.getDelay(), on, analysis);
    for (Output<?, ?> output : analysis.outputs()) {
      String name = output.name();
      if (shed.contains(name) && output.acts()) {
        throw new BadOption(
            "--shed",
            name,
            "has effects, which are never shed; --delay=" + name + " lets them wait");
      } else if (shed.contains(name) && output.feeds() != null) {
        throw new BadOption(
            "--shed", name, "is read again as " + output.feeds() + ", so it is never shed");
      } else if (shed.contains(name) && output.equals(analysis.outputs().get(0))) {
        throw new BadOption(
            "--shed", name, "is the first output, which is never shed; leave it out");
      } else if (delayed.contains(name) && !output.acts()) {
        throw new BadOption("--delay", name, "has no effects; --shed is for it");
      }
    }
    return new Shedding(
        analysis, on ? terms(options) : null, shed, delayed, options.getDelayAtMost());
  }

  /** The outputs that an option names. */
  private static Set<String> named(
      String option, @Nullable List<String> given, boolean on, Analysis<?> analysis) {
    if (given == null || given.isEmpty()) {
      return Set.of();
    }
    List<String> all = analysis.outputs().stream().map(Output::name).toList();
    for (String name : given) {
      if (!on) {
        throw new BadOption(option, name, "needs --overload=true");
      } else if (!all.contains(name)) {
        throw new BadOption(
            option,
            name,
            "is no output; the outputs are "
                + String.join(", ", all)
                + "."
                + Nearest.question(name, all));
      }
    }
    return new HashSet<>(given);
  }

  private static LoadTerms terms(DharaOptions options) {
    double reduced = options.getReducedAt();
    double essential = options.getEssentialAt();
    double emergency = options.getEmergencyAt();
    if (essential <= reduced) {
      throw new BadOption(
          "--essentialAt",
          essential,
          "must be above --reducedAt=" + reduced + ", e.g. --essentialAt=0.9");
    } else if (emergency <= essential) {
      throw new BadOption(
          "--emergencyAt",
          emergency,
          "must be above --essentialAt=" + essential + ", e.g. --emergencyAt=0.95");
    }
    return LoadTerms.of(options.getLagCapacity().toMillis(), reduced, essential, emergency);
  }

  /** Passes the terms to the workers of a run. */
  void tell(DharaOptions options) {
    if (terms != null) {
      options.as(WorkerLoad.Option.class).setLoadTerms(terms.text());
    }
  }

  /**
   * Refuses the option in a run that ends by itself.
   *
   * @throws BadOption if that is so
   */
  void checkStreams(boolean bounded) {
    if (terms != null && bounded) {
      throw new BadOption(
          "--overload", true, "is for streams; a backfill answers everything, so leave it out");
    }
  }

  /** Whether it may shed one of the outputs that a run has. */
  boolean sheds(Collection<Output<?, ?>> outputs) {
    return terms != null && outputs.stream().anyMatch(output -> level(output) != null);
  }

  /** The lowest level at which an output is shed; null if it never is. */
  private @Nullable LoadLevel level(Output<?, ?> output) {
    if (output.acts() || output.feeds() != null || output.equals(analysis.outputs().get(0))) {
      return null;
    }
    return named.contains(output.name()) ? LoadLevel.ESSENTIAL : LoadLevel.EMERGENCY;
  }

  /** The answers of a stream's output that are to be written. */
  <K extends Record, V extends Record> PCollection<Answer<K, V>> written(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    LoadLevel level = level(output);
    if (terms == null || level == null) {
      return answers;
    }
    ShedAnswers<K, V> shed = ShedAnswers.from(level, terms);
    PCollectionTuple split = answers.apply(output.name() + ".Shed", shed);
    books.count(output.name(), split.get(shed.counts()));
    return split.get(shed.kept());
  }

  /** The effects of a stream's output, when they are to happen. */
  <K, V> PCollection<Answer<K, V>> effects(Output<?, ?> output, PCollection<Answer<K, V>> effects) {
    return terms != null && delayed.contains(output.name())
        ? effects.apply(output.name() + ".Delay", DelayEffects.<K, V>atMost(delay, terms))
        : effects;
  }

  /** The ledgers of the outputs that it may shed. */
  PCollection<ShedLedger> ledgers(Duration every) {
    return books.soFar(every);
  }
}
