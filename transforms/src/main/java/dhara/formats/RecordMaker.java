package dhara.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;

/** Creates records from their components' values. */
abstract class RecordMaker {

  private static final ClassValue<RecordMaker> MAKERS =
      new ClassValue<>() {
        @Override
        protected RecordMaker computeValue(Class<?> type) {
          return defined(type.asSubclass(Record.class));
        }
      };

  /** Creates the record; throws what its constructor throws. */
  abstract Record make(Values values) throws Throwable;

  /**
   * Calls a constructor through a constant method handle, which the JIT compiles to a direct call.
   * For each record a hidden class is defined from this class's bytes, with the handle as class
   * data.
   */
  static final class OfConstant extends RecordMaker {

    private static final MethodHandle CONSTRUCTOR = constructor();

    /** Called by reflection, once for each hidden class. */
    OfConstant() {}

    private static MethodHandle constructor() {
      try {
        return MethodHandles.classData(MethodHandles.lookup(), "_", MethodHandle.class);
      } catch (IllegalAccessException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    @Override
    Record make(Values values) throws Throwable {
      return (Record) CONSTRUCTOR.invokeExact(values);
    }
  }

  /**
   * The maker of a record.
   *
   * @throws IllegalArgumentException if the record is not accessible
   */
  static RecordMaker of(Class<? extends Record> type) {
    return MAKERS.get(type);
  }

  private static RecordMaker defined(Class<? extends Record> type) {
    try {
      Lookup defined =
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(bytes(), Constructors.of(type), true);
      return (RecordMaker) defined.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no maker can be defined for " + type.getName(), e);
    }
  }

  private static byte[] bytes() {
    String file = "RecordMaker$OfConstant.class";
    try (InputStream in = RecordMaker.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not beside its interface");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
