package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Acts on the answers of an incident once. Settled answers of several windows wait until the
 * watermark has passed the time at which they are settled, so that the earliest is acted on,
 * whatever their order of arrival; first answers are acted on at once.
 *
 * <p>State: per incident the waiting answers, and how far it reaches, until the watermark has
 * passed the end of its last window plus the lateness and its duration. A later answer would be
 * another incident anyway, so dropping the state changes nothing.
 */
final class FireFn<K extends Record, V>
    extends DoFn<KV<String, Answer<K, V>>, Answer<Incident<K>, V>> {

  private static final long serialVersionUID = 1L;

  @StateId("waiting")
  private final StateSpec<BagState<Answer<K, V>>> waitingSpec;

  /** End of the last window, epoch milliseconds. */
  @StateId("last")
  private final StateSpec<ValueState<Long>> lastSpec = StateSpecs.value(VarLongCoder.of());

  @TimerId("due")
  private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("forget")
  private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final Firing<K, V> firing;
  private final boolean settled;
  private final long latenessMillis;

  FireFn(Coder<Answer<K, V>> answers, Firing<K, V> firing, boolean settled, long latenessMillis) {
    this.waitingSpec = StateSpecs.bag(answers);
    this.firing = firing;
    this.settled = settled;
    this.latenessMillis = latenessMillis;
  }

  @ProcessElement
  public void process(
      @Element KV<String, Answer<K, V>> element,
      @StateId("waiting") BagState<Answer<K, V>> waiting,
      @StateId("last") ValueState<Long> last,
      @TimerId("due") Timer due,
      @TimerId("forget") Timer forget,
      OutputReceiver<Answer<Incident<K>, V>> out) {
    Answer<K, V> answer = element.getValue();
    if (!settled) {
      fire(element.getKey(), List.of(answer), last, forget, out);
      return;
    }
    waiting.add(answer);
    due.set(next(waiting));
  }

  @OnTimer("due")
  public void due(
      OnTimerContext context,
      @Key String incident,
      @StateId("waiting") BagState<Answer<K, V>> waiting,
      @StateId("last") ValueState<Long> last,
      @TimerId("due") Timer due,
      @TimerId("forget") Timer forget,
      OutputReceiver<Answer<Incident<K>, V>> out) {
    List<Answer<K, V>> now = new ArrayList<>();
    List<Answer<K, V>> later = new ArrayList<>();
    for (Answer<K, V> answer : waiting.read()) {
      (settledAt(answer).isAfter(context.fireTimestamp()) ? later : now).add(answer);
    }
    waiting.clear();
    if (!later.isEmpty()) {
      later.forEach(waiting::add);
      due.set(next(waiting));
    }
    if (!now.isEmpty()) {
      fire(incident, now, last, forget, out);
    }
  }

  private Instant next(BagState<Answer<K, V>> waiting) {
    Instant next = GlobalWindow.INSTANCE.maxTimestamp();
    for (Answer<K, V> answer : waiting.read()) {
      next = settledAt(answer).isBefore(next) ? settledAt(answer) : next;
    }
    return next;
  }

  private Instant settledAt(Answer<K, V> answer) {
    return SettleFn.after(answer.end().toEpochMilli(), latenessMillis);
  }

  /** Drops the state of an incident; a later answer with its name begins another one. */
  @OnTimer("forget")
  public void forget(OnTimerContext context, @StateId("last") ValueState<Long> last) {
    @Nullable Long reaches = last.read();
    if (reaches != null && !context.fireTimestamp().isBefore(forgets(reaches))) {
      last.clear();
    }
  }

  private void fire(
      String incident,
      List<Answer<K, V>> answers,
      ValueState<Long> last,
      Timer forget,
      OutputReceiver<Answer<Incident<K>, V>> out) {
    @Nullable Long before = last.read();
    Firing.Fired<K, V> fired = firing.fire(before == null ? Firing.NEVER : before, answers);
    if (before == null || before.longValue() != fired.last()) {
      last.write(fired.last());
      forget.withNoOutputTimestamp().set(forgets(fired.last()));
    }
    for (Answer<K, V> acted : fired.acted()) {
      out.output(Firing.of(incident, acted));
    }
  }

  private Instant forgets(long last) {
    return SettleFn.after(firing.until(last) + 1, latenessMillis);
  }
}
