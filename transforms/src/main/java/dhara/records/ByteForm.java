package dhara.records;

/**
 * A value class that is not a record but may be a component of one, such as a sketch or a bitmap,
 * and encodes itself. In rows it is a field of BYTES.
 *
 * <p>Beside {@link #toBytes} the class declares the decoder, with any visibility:
 *
 * <pre>{@code
 * static Bitmap fromBytes(byte[] bytes)   // throws IllegalArgumentException if they are none
 * }</pre>
 *
 * <p>It is looked up once per class, not per value. A record whose component lacks it is refused
 * when its coder is created.
 *
 * <p>The coder of a record relies on this: two values are equal exactly if their bytes are equal. A
 * class that cannot guarantee this must not be part of a key.
 */
public interface ByteForm {

  /**
   * The bytes from which {@code fromBytes} makes an equal value. The caller owns the array; the
   * value is not modified.
   */
  byte[] toBytes();
}
