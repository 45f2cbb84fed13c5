package dhara.transforms.aggregate;

import java.io.Serializable;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;

/**
 * Extracts the key and the value of an element.
 *
 * @param <E> an element
 */
interface Keying<E, K, InT> extends Serializable {

  /** The key. */
  K key(E element);

  /** The value that is added up. */
  InT value(E element);

  /** For elements that are pairs of key and value. */
  record OfPairs<K, InT>() implements Keying<KV<K, InT>, K, InT> {
    @Override
    public K key(KV<K, InT> element) {
      return element.getKey();
    }

    @Override
    public InT value(KV<K, InT> element) {
      return element.getValue();
    }
  }

  /** For elements with a key function, which are the values themselves. */
  record ByFunction<E, K>(SerializableFunction<E, K> fn) implements Keying<E, K, E> {
    @Override
    public K key(E element) {
      return fn.apply(element);
    }

    @Override
    public E value(E element) {
      return element;
    }
  }
}
