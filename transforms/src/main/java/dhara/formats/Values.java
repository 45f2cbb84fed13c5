package dhara.formats;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The components of one record while its fields are read: numbers and booleans as longs (a double
 * as its bits), everything else as objects. Its static accessors are composed with the record's
 * constructor.
 */
final class Values {

  /** No field of this component was seen. */
  static final byte ABSENT = 0;

  /** The component has a value. */
  static final byte SET = 1;

  /** The field was present and null. */
  static final byte NULL = 2;

  /** The field was present and empty. */
  static final byte EMPTY = 3;

  final long[] longs;
  final @Nullable Object[] objects;
  final byte[] states;

  Values(int size) {
    longs = new long[size];
    objects = new Object[size];
    states = new byte[size];
  }

  /**
   * Resets to {@code initial}. The longs are not copied, because they are only read if they were
   * set.
   */
  void reset(Values initial) {
    System.arraycopy(initial.objects, 0, objects, 0, objects.length);
    System.arraycopy(initial.states, 0, states, 0, states.length);
  }

  void clear() {
    Arrays.fill(objects, null);
    Arrays.fill(states, ABSENT);
  }

  static long longAt(Values values, int slot) {
    return values.longs[slot];
  }

  static double doubleAt(Values values, int slot) {
    return Double.longBitsToDouble(values.longs[slot]);
  }

  static @Nullable Object objectAt(Values values, int slot) {
    return values.objects[slot];
  }
}
