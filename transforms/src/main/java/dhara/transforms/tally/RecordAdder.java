package dhara.transforms.tally;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;

/**
 * Adds up records component by component. Reflection is used once per record class; adding up is
 * compiled to the code that one would write by hand, {@code new Sums(Math.addExact(a.x(), b.x()),
 * …)}.
 */
abstract class RecordAdder<T> extends Adder<T> {

  /** Stored with the record's class, so that its class loader can be unloaded. */
  private static final ClassValue<RecordAdder<?>> ADDERS =
      new ClassValue<>() {
        @Override
        protected RecordAdder<?> computeValue(Class<?> type) {
          return make(type);
        }
      };

  private final T zero;

  RecordAdder(T zero) {
    this.zero = zero;
  }

  /**
   * The adder of a record.
   *
   * @throws IllegalArgumentException naming the component that does not define how it adds up
   */
  @SuppressWarnings("unchecked") // computed from this very type
  static <T> RecordAdder<T> of(Class<T> type) {
    return (RecordAdder<T>) ADDERS.get(type);
  }

  @Override
  T zero() {
    return zero;
  }

  private static RecordAdder<?> make(Class<?> type) {
    RecordComponent[] parts = type.getRecordComponents();
    try {
      Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      Class<?>[] declared = new Class<?>[parts.length];
      Object[] zeros = new Object[parts.length];
      MethodHandle[] sums = new MethodHandle[parts.length];
      for (int i = 0; i < parts.length; i++) {
        declared[i] = parts[i].getType();
        ComponentAdder adder = ComponentAdder.of(parts[i]);
        zeros[i] = adder.zero();
        MethodHandle accessor = lookup.unreflect(parts[i].getAccessor());
        sums[i] = MethodHandles.filterArguments(adder.plus(), 0, accessor, accessor);
      }
      MethodHandle constructor =
          lookup.findConstructor(type, MethodType.methodType(void.class, declared));
      return hidden(zero(type, constructor, zeros), sumOf(type, constructor, sums));
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName()
              + " is closed to reflection: open its package, e.g. --add-opens "
              + type.getModule().getName()
              + "/"
              + type.getPackageName()
              + "=ALL-UNNAMED",
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no plus can be made for " + type.getName(), e);
    }
  }

  private static Object zero(Class<?> type, MethodHandle constructor, Object[] zeros) {
    try {
      return constructor.invokeWithArguments(zeros);
    } catch (Throwable e) {
      throw new IllegalArgumentException(
          type.getName() + " refuses the values of no events: " + e.getMessage(), e);
    }
  }

  /** Of type (Object, Object)Object: the constructor of each component's sum. */
  private static MethodHandle sumOf(Class<?> type, MethodHandle constructor, MethodHandle[] sums) {
    MethodHandle sum = constructor;
    int[] order = new int[2 * sums.length];
    for (int i = sums.length - 1; i >= 0; i--) {
      sum = MethodHandles.collectArguments(sum, i, sums[i]);
      order[2 * i + 1] = 1;
    }
    return MethodHandles.permuteArguments(sum, MethodType.methodType(type, type, type), order)
        .asType(MethodType.methodType(Object.class, Object.class, Object.class));
  }

  private static RecordAdder<?> hidden(Object zero, MethodHandle plus)
      throws ReflectiveOperationException {
    String file = PlusTemplate.class.getSimpleName() + ".class";
    try (InputStream template = RecordAdder.class.getResourceAsStream(file)) {
      if (template == null) {
        throw new IllegalStateException("not on the class path: " + file);
      }
      return (RecordAdder<?>)
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(template.readAllBytes(), plus, true)
              .lookupClass()
              .getDeclaredConstructor(Object.class)
              .newInstance(zero);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
