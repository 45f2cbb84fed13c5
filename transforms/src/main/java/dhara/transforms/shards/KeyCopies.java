package dhara.transforms.shards;

/**
 * Copies keys out of blocks, one behind the other into larger arrays: an array for each key would
 * have a header that is as long as many keys.
 */
public final class KeyCopies {

  private static final int FIRST_BYTES = 1 << 10;
  private static final int MOST_BYTES = 1 << 16;

  /** A copied key, as a range of an array that has other keys too. */
  public static final class Copy {

    private final byte[] bytes;
    private final int offset;
    private final int length;

    private Copy(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    }

    byte[] bytes() {
      return bytes;
    }

    int offset() {
      return offset;
    }

    int length() {
      return length;
    }
  }

  private byte[] bytes = new byte[0];
  private int size;

  /** Copies the current key of a reader. */
  public Copy of(BlockReader reader) {
    int length = reader.keyLength();
    if (bytes.length - size < length) {
      int larger = Math.min(MOST_BYTES, Math.max(FIRST_BYTES, 2 * bytes.length));
      bytes = new byte[Math.max(larger, length)];
      size = 0;
    }
    System.arraycopy(reader.block(), reader.keyOffset(), bytes, size, length);
    Copy copy = new Copy(bytes, size, length);
    size += length;
    return copy;
  }
}
