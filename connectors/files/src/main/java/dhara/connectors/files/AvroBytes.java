package dhara.connectors.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Avro's numbers, and the bytes that it counts, from a stream that need not have as many. */
final class AvroBytes {

  private static final int PAYLOAD = 0x7F;
  private static final int BITS = 7;

  private final InputStream in;
  private long read;
  private int ahead = NONE;

  private static final int NONE = -2;
  private static final int END = -1;

  AvroBytes(InputStream in) {
    this.in = in;
  }

  /** How many bytes were read. */
  long read() {
    return read;
  }

  /** Whether nothing follows. */
  boolean ended() throws IOException {
    if (ahead == NONE) {
      ahead = in.read();
    }
    return ahead == END;
  }

  /** The next byte, from 0 to 255. */
  int one() throws IOException {
    int one = ahead == NONE ? in.read() : ahead;
    if (one == END) {
      throw new EOFException("it ends too early");
    }
    ahead = NONE;
    read++;
    return one;
  }

  /** An {@code int} or {@code long} of Avro: seven bits a byte, the sign in the lowest bit. */
  long number() throws IOException {
    long zigzag = 0;
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      int one = one();
      zigzag |= (long) (one & PAYLOAD) << shift;
      if (one <= PAYLOAD) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
    }
    throw new IOException("a number has more than ten bytes");
  }

  /**
   * The number of elements in the next part of a list or map; 0 at its end. The size of the part,
   * which may follow, is passed over.
   */
  long count() throws IOException {
    long count = number();
    if (count < 0) {
      count = -count;
      number();
    }
    if (count < 0) {
      throw new IOException("a list has a part of too many elements");
    }
    return count;
  }

  /**
   * The next bytes.
   *
   * @param length how many, as the file says
   * @param most how many there may be
   */
  byte[] bytes(long length, int most) throws IOException {
    if (length < 0 || length > most) {
      throw new IOException(length + " bytes are said to follow; at most " + most + " may");
    } else if (length == 0) {
      return new byte[0];
    }
    int first = one();
    byte[] rest = in.readNBytes((int) length - 1);
    if (rest.length < length - 1) {
      throw new EOFException("it ends too early");
    }
    read += rest.length;
    byte[] bytes = new byte[(int) length];
    bytes[0] = (byte) first;
    System.arraycopy(rest, 0, bytes, 1, rest.length);
    return bytes;
  }
}
