package dhara.ledger;

import java.io.Serializable;
import java.time.Instant;
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

/**
 * Tells the watermark to the ledger of each input: about once in each second of event time, or less
 * often if it moves on by more.
 *
 * <p>Data: entries of ledgers → entries that hold a watermark. Time: a timer fires when the
 * watermark has passed it, and is set again ahead of the watermark as it is then. State: the input,
 * once its timer is set.
 */
final class WatermarkFn extends DoFn<KV<String, Ledger>, KV<String, Ledger>> {

  private static final long serialVersionUID = 1L;

  private static final long STEP_MILLIS = 1_000;
  private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  @StateId("input")
  private final StateSpec<ValueState<String>> inputSpec = StateSpecs.value();

  @TimerId("passed")
  private final TimerSpec passedSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  /** Makes an entry of an input and a watermark. */
  @FunctionalInterface
  interface Mark extends Serializable {
    Ledger of(String input, Instant watermark);
  }

  private final Mark mark;

  WatermarkFn(Mark mark) {
    this.mark = mark;
  }

  @ProcessElement
  public void process(
      @Element KV<String, Ledger> entry,
      @StateId("input") ValueState<String> of,
      @TimerId("passed") Timer passed) {
    if (of.read() == null) {
      of.write(entry.getKey());
      setAhead(passed);
    }
  }

  @OnTimer("passed")
  public void passed(
      @StateId("input") ValueState<String> of,
      @TimerId("passed") Timer passed,
      OutputReceiver<KV<String, Ledger>> out) {
    String input = of.read();
    long watermark = passed.getCurrentRelativeTime().getMillis();
    if (watermark < END) {
      out.output(KV.of(input, mark.of(input, Instant.ofEpochMilli(watermark))));
      setAhead(passed);
    }
  }

  /** Sets it to the next whole second after the watermark; not after the end of all events. */
  private static void setAhead(Timer passed) {
    long watermark = passed.getCurrentRelativeTime().getMillis();
    long next = Math.floorDiv(watermark, STEP_MILLIS) * STEP_MILLIS + STEP_MILLIS;
    if (next < END) {
      passed.set(org.joda.time.Instant.ofEpochMilli(next));
    }
  }
}
