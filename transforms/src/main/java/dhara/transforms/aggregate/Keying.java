package dhara.transforms.aggregate;

import java.io.Serializable;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;

/**
 * What the key of an element is, and what of it is added up.
 *
 * @param <E> an element
 */
interface Keying<E, K, InT> extends Serializable {

  /** The key. */
  K key(E element);

  /** What is added up. */
  InT value(E element);

  /** Elements that have a key already. */
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

  /** Elements whose key is a function of them, and which are added up themselves. */
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
