package dhara.pipelines.platform.quality;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.platform.quality.Counted.Counts;
import dhara.pipelines.platform.quality.Judging.Judged;
import dhara.pipelines.platform.quality.Judging.Past;
import dhara.pipelines.platform.quality.Judging.Period;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.anomaly.Alert;
import dhara.transforms.anomaly.Hysteresis;
import dhara.transforms.anomaly.RaiseAlerts;
import dhara.transforms.anomaly.SeasonalBaseline;
import dhara.transforms.effect.Settled;
import dhara.transforms.order.InOrder;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How good the data of sources are, from the books of the runs that read them.
 *
 * <pre>
 *   ledger ─▶ by source, in order ─▶ steps ─┐
 *   dead-letters ───────────────────────────┼─▶ by source ─▶ per minute ─▶ settled, in order ─┬─▶ quality
 *   late ───────────────────────────────────┘                                                 └─▶ alerts
 * </pre>
 *
 * <p>What is late, dead or a duplicate is decided by the run that reads a source, and this analysis
 * takes its word for it: any other judgement would be about another set of events than the answers
 * are. A ledger counts all records of its run so far, so its steps add up to the ledger. Steps and
 * dead letters count in the minute in which they were written, late events in the minute in which
 * they happened.
 *
 * <p>The score is the share of good records, times a share for a volume that is not that of the
 * same hour of the seven days before. A source that falls silent has a score of 0.
 *
 * <p><b>Designs.</b> One could read the sources themselves a second time, with every field
 * optional. It would see the content of bad records, but would have to guess what the runs do with
 * them, know no late events, and cost as much as they. Here the books cost a row a second for each
 * source, whatever its volume; what they do not say, such as the values of fields, is not judged.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class DataQuality implements Analysis<DataQuality.Options> {

  /** What quality and alerts are about: an input of a run. */
  public record Source(String source) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions {

    @Description("The width of the periods that are judged, ISO-8601, e.g. --period=PT1M")
    @Default.InstanceFactory(Durations.OneMinute.class)
    @AboveZero
    Duration getPeriod();

    void setPeriod(Duration value);

    @Description("A score below this is an alert, from 0 to 100, e.g. --scoreBelow=95")
    @Default.Double(95)
    double getScoreBelow();

    void setScoreBelow(double value);

    @Description("A period with fewer records has no part in alerts, e.g. --leastRecords=10")
    @Default.Long(10)
    @AtLeast(1)
    long getLeastRecords();

    void setLeastRecords(long value);

    @Description(
        "How many earlier days the volume of an hour is compared with, e.g. --volumeDays=7")
    @Default.Integer(7)
    @AtLeast(1)
    int getVolumeDays();

    void setVolumeDays(int value);

    @Description(
        "A volume within this many standard deviations of the mean is normal, e.g."
            + " --volumeDeviations=3")
    @Default.Double(3)
    double getVolumeDeviations();

    void setVolumeDeviations(double value);

    @Description(
        "A source whose ledger does not go on for so long is silent, e.g. --silentAfter=PT15M")
    @Default.InstanceFactory(Durations.FifteenMinutes.class)
    @AboveZero
    Duration getSilentAfter();

    void setSilentAfter(Duration value);

    @Description("What the texts of dead letters call the id, e.g. --idField=InvoiceNo")
    @Default.String("id")
    String getIdField();

    void setIdField(String value);

    @Description("What the texts of dead letters call the time, e.g. --timeField=InvoiceDate")
    @Default.String("at")
    String getTimeField();

    void setTimeField(String value);
  }

  /** An alert ends this part of the way from the limit to a perfect score. */
  private static final double BAND = 0.2;

  private static final double PERFECT = 100;

  /** A source without a ledger for longer than this starts anew. */
  private static final Duration KEPT = Duration.ofDays(30);

  static final Input<LedgerRow> LEDGER = new Input<>("ledger", LedgerRow.class);
  static final Input<DeadLetterRow> DEAD_LETTERS =
      new Input<>("dead-letters", DeadLetterRow.class).asOptional();
  static final Input<LateRow> LATE = new Input<>("late", LateRow.class).asOptional();
  static final Output<Source, Quality> QUALITY =
      new Output<>("quality", Source.class, Quality.class).withAllHistory();
  static final Output<Source, Alert> ALERTS =
      Output.effect("alerts", Source.class, Alert.class)
          .incident((of, alert) -> alert.incident(of.source()), Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("data-quality", Options.class)
        .summary("a score per source and minute from the books of other runs; alerts below 95 %")
        .reads(LEDGER, DEAD_LETTERS, LATE)
        .answers(QUALITY, ALERTS)
        .scenario(MadeUpBooks::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = Windowing.lateness(options);
    Duration period = options.getPeriod();
    Windows windows = Windows.tumbling(period).withLateness(lateness).withAllHistory();
    Windows ledgers = InOrder.windows(lateness);
    String idField = options.getIdField();
    String timeField = options.getTimeField();

    PCollection<Counted> steps =
        flow.events(LEDGER, ledgers, windows)
            .apply(
                "Steps",
                InOrder.perKey(Source.class, (LedgerRow row) -> new Source(row.input()))
                    .fold(new LedgerSteps(KEPT), LedgerSteps.Last.class, Counted.class)
                    .withLateness(lateness));
    PCollection<Counted> dead =
        flow.events(DEAD_LETTERS, windows)
            .apply(
                "Dead",
                MapElements.into(TypeDescriptor.of(Counted.class))
                    .via(row -> Counted.of(row, idField, timeField)))
            .setCoder(RecordCoder.of(Counted.class));
    PCollection<Counted> late =
        flow.events(LATE, windows)
            .apply("OfLate", MapElements.into(TypeDescriptor.of(Counted.class)).via(Counted::of))
            .setCoder(RecordCoder.of(Counted.class));

    PCollection<Answer<Source, Quality>> quality =
        PCollectionList.of(steps)
            .and(dead)
            .and(late)
            .apply("Counted", Flatten.pCollections())
            .apply(
                "Periods",
                Answers.in(windows)
                    .perKey(
                        Source.class,
                        of -> new Source(of.source()),
                        TallyFn.of(Counts.class, Counted::counts)))
            .apply("Settled", Settled.answers())
            .apply(
                "Period",
                MapElements.into(TypeDescriptor.of(Period.class)).via(DataQuality::period))
            .apply(
                "Quality",
                InOrder.perKey(Source.class, (Period of) -> new Source(of.source()))
                    .fold(judging(options), Past.class, Judged.class)
                    .withLateness(lateness)
                    .answers(
                        Source.class,
                        Quality.class,
                        (of, judged) ->
                            new Answer<>(
                                of,
                                judged.end().minus(period),
                                judged.end(),
                                0,
                                judged.quality())));
    flow.answers(QUALITY, quality);

    flow.answers(
        ALERTS,
        quality
            .apply(
                "Scores", MapElements.into(TypeDescriptor.of(Score.class)).via(DataQuality::score))
            .apply("Alerts", alerts(options).answers(Source.class, (source, measured) -> source)));
  }

  /** The quality of a period, as an event at its last millisecond. */
  private record Score(
      String id, Instant at, Source source, @Nullable Double score, long records, boolean silent)
      implements Event {

    /** NaN if there are too few records to tell; silence tells. */
    double of(long leastRecords) {
      return score != null && (records >= leastRecords || silent) ? score : Double.NaN;
    }
  }

  private static Period period(Answer<Source, Counts> of) {
    return new Period("", of.end().minusMillis(1), of.key().source(), of.end(), of.value());
  }

  private static Score score(Answer<Source, Quality> of) {
    Quality quality = of.value();
    return new Score(
        "",
        of.end().minusMillis(1),
        of.key(),
        quality.score(),
        quality.records(),
        quality.volumeShare() == 0);
  }

  private static Judging judging(Options options) {
    double deviations = options.getVolumeDeviations();
    if (!(deviations > 0 && deviations < 1_000)) {
      throw new BadOption(
          "--volumeDeviations",
          deviations,
          "must be above zero and below 1000, e.g. --volumeDeviations=3");
    }
    long period = options.getPeriod().toMillis();
    long silent = options.getSilentAfter().toMillis();
    return new Judging(
        SeasonalBaseline.hoursOfDays(options.getVolumeDays()),
        deviations,
        options.getPeriod(),
        Duration.ofMillis((silent + period - 1) / period * period),
        KEPT);
  }

  private static RaiseAlerts<Score, Source> alerts(Options options) {
    double below = options.getScoreBelow();
    if (!(below > 0 && below < PERFECT)) {
      throw new BadOption(
          "--scoreBelow", below, "must be above 0 and below 100, e.g. --scoreBelow=95");
    }
    long least = options.getLeastRecords();
    return RaiseAlerts.perKey(Source.class, Score::source)
        .of(
            "score",
            score -> score.of(least),
            Hysteresis.below(below, below + BAND * (PERFECT - below)))
        .keptFor(KEPT);
  }
}
