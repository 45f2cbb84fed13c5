package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Keys answers by their incident. */
final class NameFn<K extends Record, V> extends DoFn<Answer<K, V>, KV<String, Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final Naming<K, V> naming;

  NameFn(Naming<K, V> naming) {
    this.naming = naming;
  }

  @ProcessElement
  public void process(@Element Answer<K, V> answer, OutputReceiver<KV<String, Answer<K, V>>> out) {
    out.output(KV.of(naming.of(answer), answer));
  }
}
