package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The steps of a backfill, in which all revisions, and all answers of an incident, are available at
 * once.
 */
final class BoundedFns {

  private BoundedFns() {}

  /** Outputs the answer of a key and window that counts, unless it is withdrawn. */
  static final class SettleFn<K, V> extends DoFn<KV<byte[], Iterable<Answer<K, V>>>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<byte[], Iterable<Answer<K, V>>> revisions, OutputReceiver<Answer<K, V>> out) {
      @Nullable Answer<K, V> settled = Firing.settled(revisions.getValue());
      if (settled != null) {
        out.output(settled);
      }
    }
  }

  /** Outputs the answers of an incident to act on. */
  static final class FireFn<K extends Record, V>
      extends DoFn<KV<String, Iterable<Answer<K, V>>>, Answer<Incident<K>, V>> {

    private static final long serialVersionUID = 1L;

    private final Firing<K, V> firing;

    FireFn(Firing<K, V> firing) {
      this.firing = firing;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Answer<K, V>>> incident,
        OutputReceiver<Answer<Incident<K>, V>> out) {
      List<Answer<K, V>> answers = new ArrayList<>();
      incident.getValue().forEach(answers::add);
      for (Answer<K, V> acted : firing.fire(Firing.NEVER, answers).acted()) {
        out.output(Firing.of(incident.getKey(), acted));
      }
    }
  }
}
