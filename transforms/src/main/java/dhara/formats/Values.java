package dhara.formats;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The components of one record while its fields are read: numbers and truth values as longs (a
 * double as its bits), all else as objects. Its static accessors are what the record's constructor
 * is composed of.
 */
final class Values {

  /** No field of this component was seen. */
  static final byte ABSENT = 0;

  /** Holds a value. */
  static final byte SET = 1;

  /** The field was there, and null. */
  static final byte NULL = 2;

  /** The field was there, and empty. */
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
   * Becomes what {@code initial} is. Its longs do not matter: they are read where they were set.
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
