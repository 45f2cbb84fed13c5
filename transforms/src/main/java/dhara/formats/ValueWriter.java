package dhara.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import dhara.formats.text.Instants;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Writes the objects of one type. */
interface ValueWriter {

  /** Writes a value; null as null. */
  void writeJson(@Nullable Object value, JsonGenerator json) throws IOException;

  /** The value's text for a cell, empty for null; null if the value needs JSON. */
  @Nullable String text(@Nullable Object value);

  /**
   * The writer of a component, or of its elements.
   *
   * @throws IllegalArgumentException if no format writes the type
   */
  static ValueWriter of(RecordComponent component, Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return new OfOptional(of(component, generic.getActualTypeArguments()[0]));
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new OfList(of(component, generic.getActualTypeArguments()[0]));
    }
    if (!(type instanceof Class<?> plain)) {
      throw unknown(component, type);
    }
    if (plain.isRecord()) {
      if (plain == component.getDeclaringRecord()) {
        throw unknown(component, type);
      }
      return new OfRecord<>(RecordFields.of(plain.asSubclass(Record.class)));
    }
    if (plain == String.class || plain == LocalDate.class) {
      return new OfText(Object::toString);
    }
    if (plain == Instant.class) {
      return new OfText(value -> Instants.format((Instant) value));
    }
    if (plain == byte[].class) {
      return new OfText(value -> Base64.getEncoder().encodeToString((byte[]) value));
    }
    if (plain.isEnum()) {
      return new OfText(value -> ((Enum<?>) value).name());
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return new OfLiteral(Object::toString);
    }
    if (Set.of(Integer.class, Long.class, Short.class, Byte.class).contains(plain)) {
      return new OfLiteral(Object::toString);
    }
    if (plain == Double.class || plain == Float.class) {
      return new OfLiteral(ValueWriter::real);
    }
    if (plain == BigDecimal.class) {
      return new OfLiteral(value -> ((BigDecimal) value).toPlainString());
    }
    throw unknown(component, type);
  }

  private static IllegalArgumentException unknown(RecordComponent component, Type type) {
    return new IllegalArgumentException(
        component.getDeclaringRecord().getSimpleName()
            + "."
            + component.getName()
            + " is a "
            + type.getTypeName()
            + ", which no format writes");
  }

  private static @Nullable String real(Object value) {
    if (value instanceof Float single) {
      return Float.isFinite(single) ? NumberOutput.toString((float) single, true) : null;
    }
    double real = (Double) value;
    return Double.isFinite(real) ? NumberOutput.toString(real, true) : null;
  }

  /** Values that JSON writes in quotes. */
  record OfText(Function<Object, String> format) implements ValueWriter {
    @Override
    public void writeJson(@Nullable Object value, JsonGenerator json) throws IOException {
      if (value == null) {
        json.writeNull();
      } else {
        json.writeString(format.apply(value));
      }
    }

    @Override
    public String text(@Nullable Object value) {
      return value == null ? "" : format.apply(value);
    }
  }

  /** Values that JSON writes without quotes: numbers and booleans. */
  record OfLiteral(Function<Object, @Nullable String> format) implements ValueWriter {
    @Override
    public void writeJson(@Nullable Object value, JsonGenerator json) throws IOException {
      String text = text(value);
      if (text.isEmpty()) {
        json.writeNull();
      } else if (value instanceof Boolean truth) {
        json.writeBoolean(truth);
      } else {
        json.writeNumber(text);
      }
    }

    @Override
    public String text(@Nullable Object value) {
      String text = value == null ? null : format.apply(value);
      return text == null ? "" : text;
    }
  }

  /** A value that may be missing. */
  record OfOptional(ValueWriter inner) implements ValueWriter {
    @Override
    public void writeJson(@Nullable Object value, JsonGenerator json) throws IOException {
      inner.writeJson(content(value), json);
    }

    @Override
    public @Nullable String text(@Nullable Object value) {
      return inner.text(content(value));
    }

    private static @Nullable Object content(@Nullable Object value) {
      return value == null ? null : ((Optional<?>) value).orElse(null);
    }
  }

  /** An array. */
  record OfList(ValueWriter element) implements ValueWriter {
    @Override
    public void writeJson(@Nullable Object value, JsonGenerator json) throws IOException {
      if (value == null) {
        json.writeNull();
        return;
      }
      json.writeStartArray();
      for (Object each : (List<?>) value) {
        element.writeJson(each, json);
      }
      json.writeEndArray();
    }

    @Override
    public @Nullable String text(@Nullable Object value) {
      return value == null ? "" : null;
    }
  }

  /** An object. */
  record OfRecord<R extends Record>(RecordFields<R> fields) implements ValueWriter {
    @Override
    public void writeJson(@Nullable Object value, JsonGenerator json) throws IOException {
      if (value == null) {
        json.writeNull();
        return;
      }
      json.writeStartObject();
      fields.writeJson(fields.type().cast(value), json);
      json.writeEndObject();
    }

    @Override
    public @Nullable String text(@Nullable Object value) {
      return value == null ? "" : null;
    }
  }
}
