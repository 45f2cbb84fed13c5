package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Keys elements by a record: like {@code WithKeys}, with the coders set.
 *
 * <p>Data: {@code T} → {@code KV<K, T>}. Time: kept. State: none. Bad data: a null in the key fails
 * the run; parsed events have no nulls in components that must not be null.
 *
 * <pre>{@code trades.apply(KeyBy.record(Instrument.class, t -> new Instrument(t.symbol())))}</pre>
 */
public final class KeyBy<K extends Record, T>
    extends PTransform<PCollection<T>, PCollection<KV<K, T>>> {

  private static final long serialVersionUID = 1L;

  private final Class<K> key;
  private final SerializableFunction<T, K> fn;

  private KeyBy(Class<K> key, SerializableFunction<T, K> fn) {
    this.key = key;
    this.fn = fn;
  }

  /** Keys each element by the result of {@code fn}. */
  public static <K extends Record, T> KeyBy<K, T> record(
      Class<K> key, SerializableFunction<T, K> fn) {
    return new KeyBy<>(key, fn);
  }

  @Override
  public PCollection<KV<K, T>> expand(PCollection<T> elements) {
    return elements
        .apply("Key", WithKeys.of(fn).withKeyType(TypeDescriptor.of(key)))
        .setCoder(KvCoder.of(RecordCoder.of(key), elements.getCoder()));
  }
}
