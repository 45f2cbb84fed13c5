package dhara.connectors;

import dhara.formats.mapping.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Renames the fields of rows to snake case at every depth, as in JSON lines. Schemas of records
 * keep the components' own names, because Beam converts records by them.
 */
final class SnakeCase {

  private SnakeCase() {}

  /** The same fields under their names in snake case. */
  static Schema schema(Schema schema) {
    Schema.Builder named = Schema.builder();
    for (Field field : schema.getFields()) {
      named.addField(field.withName(Names.snake(field.getName())).withType(type(field.getType())));
    }
    return named.build();
  }

  private static FieldType type(FieldType type) {
    return switch (type.getTypeName()) {
      case ROW -> FieldType.row(schema(type.getRowSchema())).withNullable(type.getNullable());
      case ARRAY ->
          FieldType.array(type(type.getCollectionElementType())).withNullable(type.getNullable());
      case ITERABLE ->
          FieldType.iterable(type(type.getCollectionElementType()))
              .withNullable(type.getNullable());
      case MAP ->
          FieldType.map(type.getMapKeyType(), type(type.getMapValueType()))
              .withNullable(type.getNullable());
      default -> type;
    };
  }

  /**
   * Converts a value of a row to the type that {@link #schema} has renamed.
   *
   * @param named the type of the field in the named schema
   */
  static @Nullable Object value(@Nullable Object value, FieldType named) {
    if (value == null) {
      return null;
    }
    return switch (named.getTypeName()) {
      case ROW -> row((Row) value, named.getRowSchema());
      case ARRAY, ITERABLE -> {
        List<@Nullable Object> values = new ArrayList<>();
        for (Object each : (Iterable<?>) value) {
          values.add(value(each, named.getCollectionElementType()));
        }
        yield values;
      }
      case MAP -> {
        Map<Object, @Nullable Object> values = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((k, v) -> values.put(k, value(v, named.getMapValueType())));
        yield values;
      }
      default -> value;
    };
  }

  private static Row row(Row row, Schema named) {
    List<@Nullable Object> values = new ArrayList<>(row.getFieldCount());
    for (int i = 0; i < row.getFieldCount(); i++) {
      values.add(value(row.getValue(i), named.getField(i).getType()));
    }
    return Row.withSchema(named).attachValues(values);
  }
}
