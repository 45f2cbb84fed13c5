package dhara.records;

import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How values of one component type are written as bytes and as a field of a row. The containers are
 * records, because the JIT treats a record's fields as constants and so inlines through them.
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

  /** Writes a value. Throws NullPointerException for a null that is not allowed. */
  void write(Object value, RecordOutput out) throws CoderException;

  /** Reads a value, which has at least one byte. */
  Object read(RecordInput in) throws CoderException;

  /** The type of the field in a row. */
  FieldType fieldType();

  /** Converts the value to its form in a row. */
  Object toRow(Object value);

  /** Converts the value from its form in a row. */
  Object fromRow(Object value);

  /** Whether the row holds the same object as the component. */
  boolean sameInRow();

  /** Whether equal bytes mean equal values. */
  boolean consistentWithEquals();

  /**
   * Reports the path, and the reason, of each part below this type where equal values may have
   * different bytes.
   */
  void findNonDeterministic(String path, Consumer<String> found);

  /** The path below {@code path} of the first null that {@link #write} refuses, or null. */
  @Nullable String findNull(String path, @Nullable Object value);
}
