package dhara.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.io.SerializedString;
import dhara.formats.mapping.Names;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes one component of a record: numbers without boxing, everything else by {@link ValueWriter}.
 */
abstract class ComponentWriter {

  private static final JsonFactory CELLS = new JsonFactory();

  private final SerializedString name;

  private ComponentWriter(String name) {
    this.name = new SerializedString(name);
  }

  /** The column. */
  SerializedString name() {
    return name;
  }

  /** Writes the component's value; null as null. */
  abstract void writeJson(Record record, JsonGenerator json) throws IOException;

  /** The component's value as the text of a cell; empty for null. */
  abstract String csv(Record record);

  /**
   * @throws IllegalArgumentException if no format writes the component's type
   */
  static ComponentWriter of(RecordComponent component) {
    String name = Names.snake(component.getName());
    Class<?> type = component.getType();
    MethodHandle accessor = accessor(component);
    if (type == double.class || type == float.class) {
      boolean isFloat = type == float.class;
      MethodHandle real =
          accessor.asType(
              MethodType.methodType(isFloat ? float.class : double.class, Record.class));
      return isFloat ? new OfFloat(name, real) : new OfDouble(name, real);
    }
    if (type.isPrimitive() && type != boolean.class && type != char.class) {
      return new OfLong(name, accessor.asType(MethodType.methodType(long.class, Record.class)));
    }
    ValueWriter writer = ValueWriter.of(component, component.getGenericType());
    return new OfObject(
        name, accessor.asType(MethodType.methodType(Object.class, Record.class)), writer);
  }

  private static MethodHandle accessor(RecordComponent component) {
    Class<?> type = component.getDeclaringRecord();
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findVirtual(type, component.getName(), MethodType.methodType(component.getType()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName() + " cannot be read: open its package to this module", e);
    }
  }

  private static IllegalStateException failed(Throwable e) {
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a record's accessor failed", e);
  }

  private static final class OfLong extends ComponentWriter {
    private final MethodHandle accessor;

    OfLong(String name, MethodHandle accessor) {
      super(name);
      this.accessor = accessor;
    }

    private long get(Record record) {
      try {
        return (long) accessor.invokeExact(record);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    @Override
    void writeJson(Record record, JsonGenerator json) throws IOException {
      json.writeNumber(get(record));
    }

    @Override
    String csv(Record record) {
      return Long.toString(get(record));
    }
  }

  /**
   * Uses Jackson's shortest text of a double, because Java's was not the shortest before version
   * 19.
   */
  private static final class OfDouble extends ComponentWriter {
    private final MethodHandle accessor;

    OfDouble(String name, MethodHandle accessor) {
      super(name);
      this.accessor = accessor;
    }

    private double get(Record record) {
      try {
        return (double) accessor.invokeExact(record);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    @Override
    void writeJson(Record record, JsonGenerator json) throws IOException {
      double value = get(record);
      if (Double.isFinite(value)) {
        json.writeNumber(NumberOutput.toString(value, true));
      } else {
        json.writeNull();
      }
    }

    @Override
    String csv(Record record) {
      double value = get(record);
      return Double.isFinite(value) ? NumberOutput.toString(value, true) : "";
    }
  }

  private static final class OfFloat extends ComponentWriter {
    private final MethodHandle accessor;

    OfFloat(String name, MethodHandle accessor) {
      super(name);
      this.accessor = accessor;
    }

    private float get(Record record) {
      try {
        return (float) accessor.invokeExact(record);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    @Override
    void writeJson(Record record, JsonGenerator json) throws IOException {
      float value = get(record);
      if (Float.isFinite(value)) {
        json.writeNumber(NumberOutput.toString(value, true));
      } else {
        json.writeNull();
      }
    }

    @Override
    String csv(Record record) {
      float value = get(record);
      return Float.isFinite(value) ? NumberOutput.toString(value, true) : "";
    }
  }

  private static final class OfObject extends ComponentWriter {
    private final MethodHandle accessor;
    private final ValueWriter writer;

    OfObject(String name, MethodHandle accessor, ValueWriter writer) {
      super(name);
      this.accessor = accessor;
      this.writer = writer;
    }

    private @Nullable Object get(Record record) {
      try {
        return (Object) accessor.invokeExact(record);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    @Override
    void writeJson(Record record, JsonGenerator json) throws IOException {
      writer.writeJson(get(record), json);
    }

    @Override
    String csv(Record record) {
      Object value = get(record);
      String text = writer.text(value);
      return text == null ? jsonText(value) : text;
    }

    /** A record or a list within a cell. */
    private String jsonText(@Nullable Object value) {
      StringWriter text = new StringWriter();
      try (JsonGenerator json = CELLS.createGenerator(text)) {
        writer.writeJson(value, json);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // memory cannot fail
      }
      return text.toString();
    }
  }
}
