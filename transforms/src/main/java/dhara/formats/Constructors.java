package dhara.formats;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** A record's constructor as a function of {@link Values}, without boxing. */
final class Constructors {

  private static final MethodHandle LONG_AT = accessor("longAt", long.class);
  private static final MethodHandle DOUBLE_AT = accessor("doubleAt", double.class);
  private static final MethodHandle OBJECT_AT = accessor("objectAt", Object.class);

  private Constructors() {}

  private static MethodHandle accessor(String name, Class<?> type) {
    try {
      return MethodHandles.lookup()
          .findStatic(Values.class, name, MethodType.methodType(type, Values.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * {@code (Values) -> Record}.
   *
   * @throws IllegalArgumentException if the record is not accessible
   */
  static MethodHandle of(Class<? extends Record> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    MethodHandle constructor;
    try {
      constructor =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .findConstructor(type, MethodType.methodType(void.class, types));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName() + " cannot be made: open its package to this module", e);
    }
    MethodHandle[] accessors = new MethodHandle[types.length];
    for (int slot = 0; slot < types.length; slot++) {
      accessors[slot] =
          MethodHandles.explicitCastArguments(
              MethodHandles.insertArguments(at(types[slot]), 1, slot),
              MethodType.methodType(types[slot], Values.class));
    }
    return MethodHandles.permuteArguments(
            MethodHandles.filterArguments(constructor, 0, accessors),
            MethodType.methodType(type, Values.class),
            new int[types.length])
        .asType(MethodType.methodType(Record.class, Values.class));
  }

  private static MethodHandle at(Class<?> type) {
    if (!type.isPrimitive()) {
      return OBJECT_AT;
    }
    return type == double.class || type == float.class ? DOUBLE_AT : LONG_AT;
  }
}
