package dhara.records;

import com.google.auto.service.AutoService;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaProvider;
import org.apache.beam.sdk.schemas.utils.ConvertHelpers.ConvertedSchemaInformation;
import org.apache.beam.sdk.schemas.utils.SchemaInformationProvider;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Schemas of records: a field per component, with the component's name, in order.
 *
 * <table>
 * <caption>Fields of components</caption>
 * <tr><th>component</th><th>field</th></tr>
 * <tr><td>byte, short, int, long</td><td>BYTE, INT16, INT32, INT64</td></tr>
 * <tr><td>float, double, boolean</td><td>FLOAT, DOUBLE, BOOLEAN</td></tr>
 * <tr><td>String, char, enum</td><td>STRING (an enum by name: see below)</td></tr>
 * <tr><td>Instant</td><td>SqlTypes.TIMESTAMP, to the microsecond</td></tr>
 * <tr><td>LocalDate</td><td>SqlTypes.DATE</td></tr>
 * <tr><td>Duration</td><td>NanosDuration</td></tr>
 * <tr><td>BigDecimal, byte[]</td><td>DECIMAL, BYTES</td></tr>
 * <tr><td>a class with a {@link ByteForm}</td><td>BYTES</td></tr>
 * <tr><td>record, List, Map</td><td>ROW, ARRAY, MAP</td></tr>
 * <tr><td>Optional or {@code @Nullable}</td><td>the same, nullable</td></tr>
 * </table>
 *
 * <p>An enum is a string, because Beam's enumeration type numbers its constants, so that a new
 * constant changes the type, and SQL does not support it. An {@code Instant} finer than a
 * microsecond is refused when it is converted to a row, never silently truncated.
 *
 * <p>This provider is deliberately not in Beam's registry. For a registered schema, Beam would use
 * its own {@link SchemaCoder}, which encodes through rows. {@link RecordCoder} is a {@code
 * SchemaCoder} too; as the inferred coder it gives collections both the schema and its own
 * encoding. Conversions from rows to records, {@code Convert.to(Trade.class)}, find it anyway. A
 * program that queries the registry itself may add it: {@code
 * pipeline.getSchemaRegistry().registerSchemaProvider(Trade.class, new RecordSchemas())}; from then
 * on the coders inferred for that record are Beam's own.
 */
public final class RecordSchemas implements SchemaProvider {

  /**
   * The schema of a record class.
   *
   * @throws IllegalArgumentException naming record, component and type where one is not supported
   */
  public static <T extends Record> Schema schema(Class<T> type) {
    return RecordShape.of(TypeDescriptor.of(type)).schema();
  }

  /** Converts records to rows. */
  public static <T extends Record> SerializableFunction<T, Row> toRow(Class<T> type) {
    return new ToRow<>(RecordShape.of(TypeDescriptor.of(type)));
  }

  /**
   * Converts rows to records. Fields are found by name; a missing one is null or empty if its
   * component may be. Otherwise, and if the record refuses its values, it throws {@link
   * IllegalArgumentException}.
   */
  public static <T extends Record> SerializableFunction<Row, T> fromRow(Class<T> type) {
    return new FromRow<>(RecordShape.of(TypeDescriptor.of(type)));
  }

  /**
   * The schema of a record; null for other types.
   *
   * @throws IllegalArgumentException naming record, component and type where one is not supported
   */
  @Override
  public <T> @Nullable Schema schemaFor(TypeDescriptor<T> type) {
    return isRecord(type) ? RecordShape.of(type).schema() : null;
  }

  @Override
  public <T> @Nullable SerializableFunction<T, Row> toRowFunction(TypeDescriptor<T> type) {
    return isRecord(type) ? new ToRow<>(RecordShape.of(type)) : null;
  }

  @Override
  public <T> @Nullable SerializableFunction<Row, T> fromRowFunction(TypeDescriptor<T> type) {
    return isRecord(type) ? new FromRow<>(RecordShape.of(type)) : null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordSchemas;
  }

  @Override
  public int hashCode() {
    return RecordSchemas.class.hashCode();
  }

  private static boolean isRecord(TypeDescriptor<?> type) {
    return type.getRawType().isRecord();
  }

  /** Travels as the record's type, and equals another of it, as {@link SchemaCoder} demands. */
  static final class ToRow<T> implements SerializableFunction<T, Row> {

    private final TypeDescriptor<T> type;
    private final transient RecordShape<T> shape;

    ToRow(RecordShape<T> shape) {
      this.type = shape.descriptor();
      this.shape = shape;
    }

    @Override
    public Row apply(T value) {
      return shape.toRow(value);
    }

    private Object readResolve() {
      return new ToRow<>(RecordShape.of(type));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ToRow<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
      return type.hashCode();
    }
  }

  /** Travels as the record's type, and equals another of it, as {@link SchemaCoder} demands. */
  static final class FromRow<T> implements SerializableFunction<Row, T> {

    private final TypeDescriptor<T> type;
    private final transient RecordShape<T> shape;

    FromRow(RecordShape<T> shape) {
      this.type = shape.descriptor();
      this.shape = shape;
    }

    @Override
    @SuppressWarnings("unchecked") // the shape creates only this record
    public T apply(Row row) {
      return (T) shape.fromRow(row);
    }

    private Object readResolve() {
      return new FromRow<>(RecordShape.of(type));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof FromRow<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
      return type.hashCode();
    }
  }

  /** Lets {@code Convert.to} and DoFn parameters convert rows to records, with their coder. */
  @AutoService(SchemaInformationProvider.class)
  public static final class Conversion implements SchemaInformationProvider {
    @Override
    @SuppressWarnings("unchecked") // checked: T is a record
    public <T> @Nullable ConvertedSchemaInformation<T> getConvertedSchemaInformation(
        Schema input, TypeDescriptor<T> output) {
      if (!isRecord(output)) {
        return null;
      }
      SchemaCoder<T> coder =
          (SchemaCoder<T>) RecordCoder.of((TypeDescriptor<? extends Record>) output);
      if (coder.getSchema().assignableToIgnoreNullable(input)) {
        return new ConvertedSchemaInformation<>(coder, null);
      }
      if (input.getFieldCount() == 1) {
        // A single field that is a row, as from Select: the record is that of the field.
        FieldType only = input.getField(0).getType();
        if (only.getTypeName().isCompositeType()
            && coder.getSchema().assignableToIgnoreNullable(only.getRowSchema())) {
          return new ConvertedSchemaInformation<>(coder, only);
        }
      }
      return null;
    }
  }
}
