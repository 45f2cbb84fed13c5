package dhara.transforms.tally;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * The class that {@link RecordAdder} defines again as a hidden class for each record. The JIT
 * compiles a method handle to direct calls only if it is a constant. Here it is one, because the
 * hidden class receives it as class data.
 */
final class PlusTemplate extends RecordAdder<Object> {

  private static final MethodHandle PLUS = plus();

  private static MethodHandle plus() {
    try {
      return MethodHandles.classData(
          MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, MethodHandle.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  PlusTemplate(Object zero) {
    super(zero);
  }

  @Override
  Object plus(Object a, Object b) {
    try {
      return (Object) PLUS.invokeExact(a, b);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a record's plus failed", e);
    }
  }
}
