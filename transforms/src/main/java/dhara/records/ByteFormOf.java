package dhara.records;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A {@link ByteForm}, encoded as the length of its bytes and the bytes.
 *
 * @param fromBytes of type (byte[])Object
 */
record ByteFormOf(Class<?> type, MethodHandle fromBytes) implements ComponentType {

  /**
   * The component type of a class.
   *
   * @throws IllegalArgumentException if the class has no {@code fromBytes}
   */
  static ByteFormOf of(Class<?> type) {
    try {
      Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      MethodHandle found =
          lookup.findStatic(type, "fromBytes", MethodType.methodType(type, byte[].class));
      return new ByteFormOf(type, found.asType(MethodType.methodType(Object.class, byte[].class)));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "a ByteForm without its way back; declare in "
              + type.getName()
              + ": static "
              + type.getSimpleName()
              + " fromBytes(byte[] bytes)",
          e);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          type.getName()
              + " is closed to reflection: open its package, e.g. --add-opens "
              + type.getModule().getName()
              + "/"
              + type.getPackageName()
              + "=ALL-UNNAMED",
          e);
    }
  }

  @Override
  public void write(Object value, RecordOutput out) {
    out.putBytes(((ByteForm) value).toBytes());
  }

  @Override
  public Object read(RecordInput in) throws CoderException {
    return make(in.getBytes());
  }

  private Object make(byte[] bytes) {
    Object value;
    try {
      value = (Object) fromBytes.invokeExact(bytes);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalArgumentException(
          type.getName() + ".fromBytes failed: " + e.getMessage(), e);
    }
    if (value == null) {
      throw new IllegalArgumentException(type.getName() + ".fromBytes gave null");
    }
    return value;
  }

  @Override
  public FieldType fieldType() {
    return FieldType.BYTES;
  }

  @Override
  public Object toRow(Object value) {
    return ((ByteForm) value).toBytes();
  }

  @Override
  public Object fromRow(Object value) {
    return make((byte[]) value);
  }

  @Override
  public boolean sameInRow() {
    return false;
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public void findNonDeterministic(String path, Consumer<String> found) {}

  @Override
  public @Nullable String findNull(String path, @Nullable Object value) {
    return value == null ? path : null;
  }
}
