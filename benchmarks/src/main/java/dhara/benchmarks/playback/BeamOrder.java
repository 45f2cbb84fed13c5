package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.Watching.Change;
import dhara.benchmarks.playback.Watching.Watched;
import dhara.records.RecordCoder;
import dhara.transforms.order.Fold;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;

/**
 * The events of each user in order, as one would write it in Beam: for each key a bag of waiting
 * events and a timer, which applies all that are due.
 */
public final class BeamOrder implements Contestant {

  private static final long NEVER = Long.MAX_VALUE;

  /** Made by name. */
  public BeamOrder() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    pipeline
        .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
        .apply("Events", ParDo.of(new DharaUnique.EventsFn()))
        .setCoder(RecordCoder.of(Reported.class))
        .apply("Key", WithKeys.of(Reported::user).withKeyType(TypeDescriptors.strings()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), RecordCoder.of(Reported.class)))
        .apply("Order", ParDo.of(new SortFn()))
        .setCoder(RecordCoder.of(Change.class))
        .apply("Settle", ParDo.of(new DharaOrder.SettleFn()));
  }

  private static final class SortFn extends DoFn<KV<String, Reported>, Change> {

    private static final long serialVersionUID = 1L;

    @StateId("waiting")
    private final StateSpec<BagState<Reported>> waitingSpec =
        StateSpecs.bag(RecordCoder.of(Reported.class));

    @StateId("earliest")
    private final StateSpec<ValueState<Long>> earliestSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("last")
    private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("watched")
    private final StateSpec<ValueState<Watched>> watchedSpec =
        StateSpecs.value(RecordCoder.of(Watched.class));

    @TimerId("due")
    private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Reported> report,
        @Timestamp Instant at,
        @StateId("waiting") BagState<Reported> waiting,
        @StateId("earliest") ValueState<Long> earliest,
        @TimerId("due") Timer due) {
      waiting.add(report.getValue());
      Long before = earliest.read();
      if (before == null || at.getMillis() < before) {
        earliest.write(at.getMillis());
        due.withOutputTimestamp(at).set(Instant.ofEpochMilli(at.getMillis() + 1));
      }
    }

    @OnTimer("due")
    public void due(
        OnTimerContext context,
        @StateId("waiting") BagState<Reported> waiting,
        @StateId("earliest") ValueState<Long> earliest,
        @StateId("last") ValueState<Long> last,
        @StateId("watched") ValueState<Watched> watched,
        @TimerId("due") Timer due,
        @TimerId("forget") Timer forget,
        OutputReceiver<Change> out) {
      long until =
          Math.max(context.fireTimestamp().getMillis(), due.getCurrentRelativeTime().getMillis());
      List<Reported> now = new ArrayList<>();
      List<Reported> later = new ArrayList<>();
      long next = NEVER;
      for (Reported report : waiting.read()) {
        long at = report.at().toEpochMilli();
        (at < until ? now : later).add(report);
        next = at < until ? next : Math.min(next, at);
      }
      waiting.clear();
      later.forEach(waiting::add);
      if (next == NEVER) {
        earliest.clear();
      } else {
        earliest.write(next);
        due.withOutputTimestamp(Instant.ofEpochMilli(next)).set(Instant.ofEpochMilli(next + 1));
      }
      fold(now, last, watched, forget, out);
    }

    private static void fold(
        List<Reported> now,
        ValueState<Long> last,
        ValueState<Watched> watched,
        Timer forget,
        OutputReceiver<Change> out) {
      now.sort(Fold.ORDER);
      Watching fold = new Watching();
      Watched held = watched.read();
      long before = Objects.requireNonNullElse(last.read(), Long.MIN_VALUE / 2);
      for (Reported report : now) {
        long at = report.at().toEpochMilli();
        boolean anew = held == null || at - before > Watching.KEEP_MILLIS;
        if (held == null) {
          forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(at + Watching.KEEP_MILLIS + 1));
        }
        held =
            fold.apply(
                anew ? fold.initial() : held,
                report,
                change -> out.outputWithTimestamp(change, Instant.ofEpochMilli(at)));
        before = at;
      }
      if (!now.isEmpty()) {
        watched.write(held);
        last.write(before);
      }
    }

    /** Forgets a user, or looks again later. */
    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @StateId("last") ValueState<Long> last,
        @StateId("watched") ValueState<Watched> watched,
        @TimerId("forget") Timer forget) {
      Long before = last.read();
      if (before == null) {
        return;
      }
      if (before + Watching.KEEP_MILLIS < context.fireTimestamp().getMillis()) {
        last.clear();
        watched.clear();
      } else {
        forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(before + Watching.KEEP_MILLIS + 1));
      }
    }
  }
}
