package dhara.records;

import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How values of one component type are written as bytes and as a field of a row. The containers are
 * records because the JIT trusts a record's fields to be constant, and so inlines through them.
 */
sealed interface ComponentType
    permits Scalar,
        ByteFormOf,
        Containers.EnumOf,
        Containers.ListOf,
        Containers.MapOf,
        Containers.NullableOf,
        Containers.OptionalOf,
        Containers.RecordOf,
        Containers.TrailingOf {

  /** Writes a value. Throws NullPointerException for a null that is not allowed here. */
  void write(Object value, RecordOutput out) throws CoderException;

  /** Reads a value, which takes a byte or more. */
  Object read(RecordInput in) throws CoderException;

  /** The type of the field of a row. */
  FieldType fieldType();

  /** The value as a row holds it. */
  Object toRow(Object value);

  /** The value from what a row holds. */
  Object fromRow(Object value);

  /** Whether the row holds the very value of the component. */
  boolean sameInRow();

  /** Whether equal bytes mean equal values. */
  boolean consistentWithEquals();

  /**
   * Tells the path below this type, and why, of each part where equal values may differ in bytes.
   */
  void findNonDeterministic(String path, Consumer<String> found);

  /** The path below {@code path} of the first null that {@link #write} refuses, or null. */
  @Nullable String findNull(String path, @Nullable Object value);
}
