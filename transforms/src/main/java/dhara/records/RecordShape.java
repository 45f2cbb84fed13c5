package dhara.records;

import dhara.records.Containers.EnumOf;
import dhara.records.Containers.ListOf;
import dhara.records.Containers.MapOf;
import dhara.records.Containers.NullableOf;
import dhara.records.Containers.OptionalOf;
import dhara.records.Containers.RecordOf;
import dhara.records.Containers.TrailingOf;
import java.lang.annotation.Annotation;
import java.lang.ref.SoftReference;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The metadata of a record class: its components, its schema and its generated codec. */
final class RecordShape<T> {

  /** Stored with the record's class, so that its class loader can be unloaded. */
  private static final ClassValue<RecordShape<?>> PLAIN =
      new ClassValue<>() {
        @Override
        protected RecordShape<?> computeValue(Class<?> type) {
          return new RecordShape<>(TypeDescriptor.of(type));
        }
      };

  /**
   * These belong to no single class; soft references let them go when memory is short, with the
   * loaders that they reference.
   */
  private static final Map<Type, SoftReference<RecordShape<?>>> GENERIC = new WeakHashMap<>();

  /** The deepest nesting of records; deeper is assumed to be a mistake. */
  private static final int DEEPEST = 32;

  private final TypeDescriptor<T> descriptor;
  private final Class<? super T> type;
  private final String[] names;
  private final ComponentType[] components;
  private final RecordCodec codec;
  private final Schema schema;
  private final boolean consistentWithEquals;

  @SuppressWarnings("unchecked") // the same type
  private RecordShape(TypeDescriptor<T> given) {
    // An anonymous descriptor would reference the object in which it was created.
    this.descriptor = (TypeDescriptor<T>) TypeDescriptor.of(given.getType());
    this.type = descriptor.getRawType();
    refuse(descriptor.getType(), type);
    refuseRecursion(descriptor, new LinkedHashSet<>());
    RecordComponent[] parts = type.getRecordComponents();
    names = Stream.of(parts).map(RecordComponent::getName).toArray(String[]::new);
    components = new ComponentType[parts.length];
    boolean trailing = true;
    for (int i = parts.length - 1; i >= 0; i--) {
      components[i] = componentType(descriptor, parts[i]);
      trailing &= components[i] instanceof NullableOf || components[i] instanceof OptionalOf;
      if (trailing) {
        Object absent = components[i] instanceof OptionalOf ? Optional.empty() : null;
        components[i] = new TrailingOf(components[i], absent);
      }
    }
    codec = CodecCompiler.compile(type, components);
    schema = schema(descriptor, names, components);
    consistentWithEquals =
        equalsIsGenerated(type)
            && Stream.of(components).allMatch(ComponentType::consistentWithEquals);
  }

  /**
   * The shape of a record, with its type arguments if it has type parameters.
   *
   * @throws IllegalArgumentException naming record, component and type where one is not supported
   */
  @SuppressWarnings("unchecked") // computed from this very type
  static <T> RecordShape<T> of(TypeDescriptor<T> descriptor) {
    if (descriptor.getType() instanceof Class<?> plain) {
      return (RecordShape<T>) PLAIN.get(plain);
    }
    synchronized (GENERIC) {
      SoftReference<RecordShape<?>> known = GENERIC.get(descriptor.getType());
      RecordShape<?> shape = known == null ? null : known.get();
      if (shape == null) {
        shape = new RecordShape<>(descriptor);
        GENERIC.put(descriptor.getType(), new SoftReference<>(shape));
      }
      return (RecordShape<T>) shape;
    }
  }

  TypeDescriptor<T> descriptor() {
    return descriptor;
  }

  /** The record's class, without type arguments. */
  Class<? super T> type() {
    return type;
  }

  Schema schema() {
    return schema;
  }

  RecordCodec codec() {
    return codec;
  }

  boolean consistentWithEquals() {
    return consistentWithEquals;
  }

  /** Converts a record to a row. */
  Row toRow(Object record) {
    Object[] values = codec.values(record);
    for (int i = 0; i < values.length; i++) {
      ComponentType component = components[i];
      if (!component.sameInRow() || values[i] == null) {
        values[i] = valueToRow(i, values[i]);
      }
    }
    return Row.withSchema(schema).attachValues(Arrays.asList(values));
  }

  private @Nullable Object valueToRow(int i, @Nullable Object value) {
    String missing = components[i].findNull(names[i], value);
    if (missing != null) {
      throw new IllegalArgumentException(nullMessage(missing));
    }
    try {
      return components[i].toRow(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(at(i) + ": " + e.getMessage(), e);
    }
  }

  /** Converts a row to a record; fields are found by name if the row has another schema. */
  Object fromRow(Row row) {
    Object[] values = new Object[components.length];
    boolean same = schema.equals(row.getSchema());
    for (int i = 0; i < values.length; i++) {
      values[i] = valueFromRow(i, same ? row.getValue(i) : valueByName(row, i));
    }
    return codec.make(values);
  }

  private @Nullable Object valueByName(Row row, int i) {
    if (row.getSchema().hasField(names[i])) {
      return row.getValue(names[i]);
    }
    if (components[i].fieldType().getNullable()) {
      return null;
    }
    throw new IllegalArgumentException(
        at(i) + ": the row has no such field, only " + row.getSchema().getFieldNames());
  }

  private @Nullable Object valueFromRow(int i, @Nullable Object value) {
    ComponentType component = components[i];
    if (value == null && !component.fieldType().getNullable()) {
      throw new IllegalArgumentException(nullMessage(names[i]));
    }
    try {
      return component.fromRow(value);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException(at(i) + ": " + e.getMessage(), e);
    }
  }

  /** Reports the path of each component where equal values may have different bytes, and why. */
  void findNonDeterministic(String path, Consumer<String> found) {
    for (int i = 0; i < components.length; i++) {
      components[i].findNonDeterministic(path.isEmpty() ? names[i] : path + "." + names[i], found);
    }
  }

  /** The path of the first null that cannot be written, or null if there is none. */
  @Nullable String findNull(String path, Object record) {
    Object[] values = codec.values(record);
    for (int i = 0; i < values.length; i++) {
      String found =
          components[i].findNull(path.isEmpty() ? names[i] : path + "." + names[i], values[i]);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  String nullMessage(String path) {
    return type.getName()
        + "."
        + path
        + " is null; mark the component @Nullable or give it a value";
  }

  private String at(int i) {
    return type.getName() + "." + names[i];
  }

  // From here on: building a shape from a class.

  private static void refuse(Type type, Class<?> raw) {
    if (!raw.isRecord()) {
      throw new IllegalArgumentException(raw.getName() + " is no record");
    }
    if (type == raw && raw.getTypeParameters().length > 0) {
      throw new IllegalArgumentException(
          raw.getName()
              + " has type parameters: without their arguments its components' types are not known;"
              + " name them, e.g. new TypeDescriptor<"
              + raw.getSimpleName()
              + "<...>>() {}");
    }
    if (raw.getRecordComponents().length > CodecCompiler.MOST_COMPONENTS) {
      throw new IllegalArgumentException(
          raw.getName()
              + " has more than "
              + CodecCompiler.MOST_COMPONENTS
              + " components; nest some in a record");
    }
  }

  /** Recursive records, and those whose type arguments grow, have no finite schema. */
  private static void refuseRecursion(TypeDescriptor<?> type, Set<TypeDescriptor<?>> outer) {
    Class<?> raw = type.getRawType();
    if (!outer.add(type) || outer.size() > DEEPEST) {
      throw new IllegalArgumentException(
          raw.getName()
              + " contains itself ("
              + outer.stream()
                  .limit(5)
                  .map(each -> each.getRawType().getSimpleName())
                  .collect(Collectors.joining(" > "))
              + " > "
              + raw.getSimpleName()
              + "), so it has no schema; flatten it, or give it a coder of its own");
    }
    for (RecordComponent component : raw.getRecordComponents()) {
      recordsIn(type.resolveType(component.getGenericType()).getType())
          .forEach(each -> refuseRecursion(each, outer));
    }
    outer.remove(type);
  }

  private static Stream<TypeDescriptor<?>> recordsIn(Type type) {
    TypeDescriptor<?> described = TypeDescriptor.of(type);
    if (described.getRawType().isRecord()) {
      return Stream.of(described);
    }
    return type instanceof ParameterizedType generic
        ? Stream.of(generic.getActualTypeArguments()).flatMap(RecordShape::recordsIn)
        : Stream.empty();
  }

  private static ComponentType componentType(TypeDescriptor<?> owner, RecordComponent component) {
    try {
      boolean nullable =
          hasNullable(component.getAnnotations())
              || hasNullable(component.getAccessor().getAnnotations());
      return componentType(owner, component.getAnnotatedType(), nullable);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          component.getDeclaringRecord().getName()
              + "."
              + component.getName()
              + " ("
              + component.getGenericType().getTypeName()
              + "): "
              + e.getMessage(),
          e);
    }
  }

  private static ComponentType componentType(
      TypeDescriptor<?> owner, AnnotatedType annotated, boolean nullable) {
    boolean mayBeNull = nullable || hasNullable(annotated.getAnnotations());
    if (annotated instanceof AnnotatedArrayType array) {
      // @Nullable byte[] formally means that the bytes may be null, but users mean the array.
      mayBeNull |= hasNullable(array.getAnnotatedGenericComponentType().getAnnotations());
    }
    Type type = annotated.getType();
    ComponentType present =
        annotated instanceof AnnotatedParameterizedType generic
            ? genericType(
                owner,
                type,
                Stream.of(generic.getAnnotatedActualTypeArguments())
                    .map(each -> (Supplier<ComponentType>) () -> componentType(owner, each, false))
                    .toList())
            : plainType(owner.resolveType(type).getType());
    if (!mayBeNull || (type instanceof Class<?> raw && raw.isPrimitive())) {
      return present;
    }
    if (present instanceof OptionalOf) {
      throw new IllegalArgumentException("an Optional cannot be @Nullable too; drop either");
    }
    return new NullableOf(present);
  }

  /** The component type without annotations, for a type argument of a generic record. */
  private static ComponentType plainType(Type type) {
    if (type instanceof ParameterizedType generic) {
      return genericType(
          TypeDescriptor.of(type),
          type,
          Stream.of(generic.getActualTypeArguments())
              .map(each -> (Supplier<ComponentType>) () -> plainType(each))
              .toList());
    }
    if (!(type instanceof Class<?> raw)) {
      throw new IllegalArgumentException("a type that is not known from the class; name the type");
    }
    Scalar scalar = Scalar.of(raw);
    if (scalar != null) {
      return scalar;
    }
    if (raw.isEnum()) {
      return EnumOf.of(raw);
    }
    if (raw.isRecord()) {
      return recordType(TypeDescriptor.of(raw));
    }
    if (ByteForm.class.isAssignableFrom(raw)) {
      return ByteFormOf.of(raw);
    }
    throw new IllegalArgumentException(
        "not a type that a record's coder knows. It knows primitives, their boxes, String, enums,"
            + " Instant, LocalDate, Duration, BigDecimal, byte[], records, classes with a ByteForm,"
            + " and List, Map and Optional of these");
  }

  private static ComponentType genericType(
      TypeDescriptor<?> owner, Type type, List<Supplier<ComponentType>> arguments) {
    Class<?> raw = (Class<?>) ((ParameterizedType) type).getRawType();
    if (raw == List.class) {
      return new ListOf(arguments.get(0).get());
    }
    if (raw == Map.class) {
      return new MapOf(arguments.get(0).get(), arguments.get(1).get());
    }
    if (raw == Optional.class) {
      ComponentType present = arguments.get(0).get();
      if (present instanceof OptionalOf || present instanceof NullableOf) {
        throw new IllegalArgumentException(
            "an Optional of what may be absent; drop one of the two");
      }
      return new OptionalOf(new NullableOf(present));
    }
    return raw.isRecord() ? recordType(owner.resolveType(type)) : plainType(raw);
  }

  private static RecordOf recordType(TypeDescriptor<?> type) {
    RecordShape<?> shape = of(type);
    return new RecordOf(shape, shape.codec());
  }

  private static boolean hasNullable(Annotation[] annotations) {
    return Stream.of(annotations)
        .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
  }

  /** A schema whose UUID is the same in every process, as Beam's caches need. */
  private static Schema schema(TypeDescriptor<?> type, String[] names, ComponentType[] components) {
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      fields.add(Schema.Field.of(names[i], components[i].fieldType()));
    }
    Schema schema = Schema.of(fields.toArray(Schema.Field[]::new));
    String identity = type.getType().getTypeName() + "\n" + schema;
    schema.setUUID(UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)));
    return schema;
  }

  /** The generated equals is final; a custom equals may compare other things. */
  private static boolean equalsIsGenerated(Class<?> type) {
    try {
      Method equals = type.getDeclaredMethod("equals", Object.class);
      return Modifier.isFinal(equals.getModifiers());
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type.getName() + " is a record without equals", e);
    }
  }
}
