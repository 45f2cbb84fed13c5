package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import org.apache.beam.sdk.coders.Coder;
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
 * Holds the answer of a key and window that counts, until no event can change it.
 *
 * <p>State: per key and window that answer, until the watermark has passed the window's end plus
 * the lateness.
 */
final class SettleFn<K, V> extends DoFn<KV<byte[], Answer<K, V>>, Answer<K, V>> {

  private static final long serialVersionUID = 1L;

  @StateId("counts")
  private final StateSpec<ValueState<Answer<K, V>>> countsSpec;

  @TimerId("settled")
  private final TimerSpec settledSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final long latenessMillis;

  SettleFn(Coder<Answer<K, V>> answers, long latenessMillis) {
    this.countsSpec = StateSpecs.value(answers);
    this.latenessMillis = latenessMillis;
  }

  /** The watermark at which the answers of a window with this end are settled. */
  static Instant after(long endMillis, long moreMillis) {
    long most = GlobalWindow.INSTANCE.maxTimestamp().getMillis();
    long at = endMillis - 1;
    return Instant.ofEpochMilli(at > most - moreMillis ? most : at + moreMillis);
  }

  @ProcessElement
  public void process(
      @Element KV<byte[], Answer<K, V>> element,
      @StateId("counts") ValueState<Answer<K, V>> counts,
      @TimerId("settled") Timer settled) {
    Answer<K, V> answer = element.getValue();
    @Nullable Answer<K, V> held = counts.read();
    if (held == null && answer.isWithdrawn()) {
      return; // nothing is there to act on, as of most answers that are derived
    }
    counts.write(held == null ? answer : Firing.higher(held, answer));
    if (held == null) {
      settled.set(after(answer.end().toEpochMilli(), latenessMillis));
    }
  }

  @OnTimer("settled")
  public void settled(
      @StateId("counts") ValueState<Answer<K, V>> counts, OutputReceiver<Answer<K, V>> out) {
    @Nullable Answer<K, V> held = counts.read();
    counts.clear();
    if (held != null && !held.isWithdrawn()) {
      out.output(held);
    }
  }
}
