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
 * Schemas of records: a field per component, of the component's name, in order.
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
 * <p>An enum is a string because Beam's enumeration type numbers its constants: a new constant
 * makes it another type, and SQL does not know it. An {@code Instant} that is finer than a
 * microsecond is refused when it becomes a row, never cut off in silence.
 *
 * <p>This provider is not in Beam's registry, on purpose. There Beam asks for a schema first, and
 * wraps it in its own {@link SchemaCoder}, which encodes by way of rows. {@link RecordCoder} is a
 * {@code SchemaCoder} too; as the inferred coder it gives collections both the schema and its own
 * bytes. What converts rows to records, {@code Convert.to(Trade.class)}, finds it all the same. A
 * program that asks the registry itself may add it: {@code
 * pipeline.getSchemaRegistry().registerSchemaProvider(Trade.class, new RecordSchemas())}; coders
 * that are inferred for that record are Beam's own from then on.
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

  /** Makes rows of records. */
  public static <T extends Record> SerializableFunction<T, Row> toRow(Class<T> type) {
    return new ToRow<>(RecordShape.of(TypeDescriptor.of(type)));
  }

  /**
   * Makes records of rows. Fields are found by name; one that is missing is null or empty where its
   * component may be. Else, and where the record refuses its values, {@link
   * IllegalArgumentException}.
   */
  public static <T extends Record> SerializableFunction<Row, T> fromRow(Class<T> type) {
    return new FromRow<>(RecordShape.of(TypeDescriptor.of(type)));
  }

  /**
   * The schema of a record; null for what is none.
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
    @SuppressWarnings("unchecked") // the shape makes this record and no other
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

  /** Lets {@code Convert.to} and parameters of DoFns turn rows into records, with their coder. */
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
        // One field that is a row, as Select gives it: the record is that field's.
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
