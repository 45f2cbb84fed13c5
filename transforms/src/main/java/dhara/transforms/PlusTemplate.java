package dhara.transforms;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.BinaryOperator;

/**
 * The class file that {@link RecordAdder} defines once more, hidden, for each record. The JIT
 * compiles a method handle to the direct calls that it stands for only if it is a constant, which
 * it is here: the hidden class got it with its definition.
 */
final class PlusTemplate implements BinaryOperator<Object> {

  private static final MethodHandle PLUS = plus();

  private static MethodHandle plus() {
    try {
      return MethodHandles.classData(
          MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, MethodHandle.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public Object apply(Object a, Object b) {
    try {
      return (Object) PLUS.invokeExact(a, b);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a record's plus failed", e);
    }
  }
}
