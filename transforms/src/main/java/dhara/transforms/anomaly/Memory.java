package dhara.transforms.anomaly;

import java.util.Arrays;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a detector remembers of a series: numbers, whose meaning it alone knows. A detector that is
 * composed of another one also has the memory of that.
 */
public final class Memory {

  private double[] numbers;
  private int size;
  private final @Nullable Memory inner;

  /** Nothing yet. */
  public Memory() {
    this(0, null);
  }

  private Memory(int size, @Nullable Memory inner) {
    this.numbers = new double[size];
    this.size = size;
    this.inner = inner;
  }

  /** So many zeros. */
  public static Memory ofZeros(int size) {
    return new Memory(size, null);
  }

  /** So many zeros, and what another detector remembers. */
  public static Memory around(@Nullable Memory inner, int size) {
    return new Memory(size, inner);
  }

  /** What the other detector remembers; null if there is none. */
  public @Nullable Memory inner() {
    return inner;
  }

  /** How many numbers there are. */
  public int size() {
    return size;
  }

  /** A number. */
  public double get(int index) {
    return numbers[check(index)];
  }

  /** Replaces a number. */
  public void set(int index, double number) {
    numbers[check(index)] = number;
  }

  /** Appends a number. */
  public void add(double number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(4, 2 * size));
    }
    numbers[size++] = number;
  }

  /** Forgets everything, and remembers these numbers. */
  public void become(double... these) {
    numbers = these.clone();
    size = these.length;
  }

  private int check(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("there is no number " + index + " of " + size);
    }
    return index;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Memory that
        && Arrays.equals(numbers, 0, size, that.numbers, 0, that.size)
        && Objects.equals(inner, that.inner);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(Arrays.copyOf(numbers, size)) + Objects.hashCode(inner);
  }

  @Override
  public String toString() {
    String these = Arrays.toString(Arrays.copyOf(numbers, size));
    return inner == null ? these : these + " around " + inner;
  }
}
