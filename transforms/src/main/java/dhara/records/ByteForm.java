package dhara.records;

/**
 * A value class that a record may hold though it is no record itself: a sketch, a bitmap, whatever
 * knows best how to write itself. In rows it is a field of BYTES.
 *
 * <p>Beside {@link #toBytes} the class declares the way back, of whatever visibility:
 *
 * <pre>{@code
 * static Bitmap fromBytes(byte[] bytes)   // throws IllegalArgumentException if they are none
 * }</pre>
 *
 * <p>It is looked up once per class, not per value. A record whose component lacks it is refused
 * when its coder is made.
 *
 * <p>The coder of a record takes the class's word for this: two values are equal exactly when their
 * bytes are. A class that cannot promise it must not be part of a key.
 */
public interface ByteForm {

  /**
   * The bytes that {@code fromBytes} makes an equal value of. An array of the caller's own; the
   * value stays as it was.
   */
  byte[] toBytes();
}
