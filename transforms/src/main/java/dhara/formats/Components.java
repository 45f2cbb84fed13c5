package dhara.formats;

import dhara.formats.mapping.Conversion;
import dhara.formats.text.Notation;
import dhara.tokens.Tokeniser;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Chooses the reader of a component by its type. */
final class Components {

  private static final Map<Class<?>, Class<?>> PRIMITIVES =
      Map.of(
          Integer.class, int.class,
          Long.class, long.class,
          Short.class, short.class,
          Byte.class, byte.class,
          Double.class, double.class,
          Float.class, float.class,
          Boolean.class, boolean.class);

  private static final String KNOWN =
      "String, the primitive numbers and boolean, their boxes where they are @Nullable, enums,"
          + " Instant, LocalDate, BigDecimal, byte[], records, and List and Optional of these";

  private final Class<?> record;
  private final Set<Class<?>> enclosing;

  /**
   * Readers for the components of a record.
   *
   * @param record the record, for messages
   * @param enclosing the records around it, and itself
   */
  Components(Class<?> record, Set<Class<?>> enclosing) {
    this.record = record;
    this.enclosing = enclosing;
  }

  /** Whether a component may be null: it or its type has any annotation named Nullable. */
  static boolean isNullable(RecordComponent component) {
    AnnotatedType type = component.getAnnotatedType();
    return Stream.of(type.getAnnotations(), component.getAnnotations())
        .flatMap(Arrays::stream)
        .map(Annotation::annotationType)
        .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
  }

  /**
   * The reader of a component.
   *
   * @param path the prefix of its field names in messages, if it is a record
   * @throws IllegalArgumentException if there is none, or the conversion does not fit
   */
  ComponentReader reader(RecordComponent component, @Nullable Conversion conversion, String path) {
    Class<?> type = component.getType();
    if (PRIMITIVES.containsKey(type) && !isNullable(component)) {
      throw new IllegalArgumentException(
          name(component)
              + " is a "
              + type.getSimpleName()
              + " that is never null; make it "
              + PRIMITIVES.get(type)
              + ", or @Nullable");
    }
    if (type.isPrimitive() && isNullable(component)) {
      throw new IllegalArgumentException(
          name(component) + " is a " + type + ", which is never null; leave out @Nullable");
    }
    ComponentReader reader = of(component, component.getGenericType(), conversion, path);
    if (conversion != null && !fits(conversion, type)) {
      throw new IllegalArgumentException(
          name(component)
              + " is "
              + type.getSimpleName()
              + ": '"
              + conversion
              + "' is for "
              + (conversion.kind().isTime()
                  ? "an Instant"
                  : "a whole number or BigDecimal, or with 0 digits for a double"));
    }
    return reader;
  }

  /**
   * The reader of a component that becomes a token.
   *
   * @throws IllegalArgumentException if it is no text
   */
  ComponentReader tokenised(
      RecordComponent component, ComponentReader reader, Tokeniser tokeniser) {
    return reader
        .tokenised(tokeniser)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name(component) + " is no text, and only texts become tokens"));
  }

  private String name(RecordComponent component) {
    return record.getSimpleName() + "." + component.getName();
  }

  private static boolean fits(Conversion conversion, Class<?> type) {
    if (type == Optional.class) {
      return true; // its content was checked
    }
    Class<?> plain = PRIMITIVES.getOrDefault(type, type);
    boolean whole =
        plain == int.class || plain == long.class || plain == short.class || plain == byte.class;
    if (conversion.kind().isTime()) {
      return type == Instant.class;
    }
    boolean real = plain == double.class || plain == float.class;
    return whole || type == BigDecimal.class || (real && conversion.digits() == 0);
  }

  private ComponentReader of(
      RecordComponent component, Type type, @Nullable Conversion conversion, String path) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return new ComponentReader.Boxed(
          of(component, generic.getActualTypeArguments()[0], conversion, path), Optional::of);
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new Structures.Lists(of(component, generic.getActualTypeArguments()[0], null, path));
    }
    if (!(type instanceof Class<?> plain)) {
      throw unknown(component, type);
    }
    Class<?> primitive = PRIMITIVES.get(plain);
    if (primitive != null) {
      return new ComponentReader.Boxed(
          scalar(component, primitive, conversion), UnaryOperator.identity());
    }
    if (plain.isRecord()) {
      if (enclosing.contains(plain)) {
        throw new IllegalArgumentException(
            name(component)
                + " is a "
                + plain.getSimpleName()
                + " within itself; events are flat"
                + " or nested to a fixed depth");
      }
      return new Structures.Nested(
          RecordReader.nested(plain.asSubclass(Record.class), path, enclosing));
    }
    return scalar(component, plain, conversion);
  }

  private ComponentReader scalar(
      RecordComponent component, Class<?> type, @Nullable Conversion conversion) {
    int digits = conversion == null ? 0 : conversion.digits();
    Notation notation = conversion == null ? null : conversion.notation();
    if (type == String.class) {
      return new TextReaders.Strings();
    }
    if (type == long.class || type == int.class || type == short.class || type == byte.class) {
      return new NumberReaders.Whole(type, digits, notation);
    }
    if (type == double.class || type == float.class) {
      return new NumberReaders.Real(type == float.class, notation);
    }
    if (type == boolean.class) {
      return new NumberReaders.Truth();
    }
    if (type == BigDecimal.class) {
      return new NumberReaders.BigDecimals(digits, notation);
    }
    if (type == Instant.class) {
      boolean time = conversion != null && conversion.kind().isTime();
      return TimeReaders.of(time ? conversion : Conversion.ISO);
    }
    if (type == LocalDate.class) {
      return new TimeReaders.Date();
    }
    if (type == byte[].class) {
      return new TextReaders.Bytes();
    }
    if (type.isEnum()) {
      return new TextReaders.Enums(type);
    }
    throw unknown(component, type);
  }

  private IllegalArgumentException unknown(RecordComponent component, Type type) {
    return new IllegalArgumentException(
        name(component)
            + " is a "
            + type.getTypeName()
            + ", which no format reads; there are "
            + KNOWN);
  }
}
