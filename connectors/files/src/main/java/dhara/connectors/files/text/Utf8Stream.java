package dhara.connectors.files.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Converts text of another encoding to UTF-8. Bytes that are invalid in that encoding become the
 * byte 0xFF, which is invalid in UTF-8, so only the record that contains them becomes a dead
 * letter.
 */
public final class Utf8Stream extends InputStream {

  private static final int CHUNK = 1 << 14;

  private final InputStream in;
  private final CharsetDecoder decoder;
  private final int unit;
  private final CharsetEncoder encoder =
      StandardCharsets.UTF_8
          .newEncoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .replaceWith(new byte[] {'?'});

  private final ByteBuffer raw = ByteBuffer.allocate(CHUNK).flip();
  private final CharBuffer chars = CharBuffer.allocate(CHUNK);
  private final ByteBuffer utf8 = ByteBuffer.allocate(4 * CHUNK).flip();
  private boolean end;
  private boolean flushed;

  public Utf8Stream(InputStream in, Charset charset) {
    this.in = in;
    this.unit =
        charset.name().startsWith("UTF-16") ? 2 : charset.name().startsWith("UTF-32") ? 4 : 1;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!utf8.hasRemaining()) {
      if (flushed) {
        return -1;
      }
      decode();
    }
    int count = Math.min(length, utf8.remaining());
    utf8.get(into, offset, count);
    return count;
  }

  private void decode() throws IOException {
    if (!end) {
      raw.compact();
      int read = in.read(raw.array(), raw.position(), raw.remaining());
      end = read < 0;
      raw.position(raw.position() + Math.max(0, read)).flip();
    }
    CoderResult result = decoder.decode(raw, chars, end);
    boolean over = end && result.isUnderflow();
    if (over) {
      flushed = decoder.flush(chars).isUnderflow();
    }
    chars.flip();
    utf8.clear();
    CoderResult unused = encoder.encode(chars, utf8, over);
    chars.compact();
    if (result.isError()) {
      // Skip no more than one unit, because a line break may follow half of a surrogate pair.
      raw.position(raw.position() + Math.min(unit, result.length()));
      utf8.put((byte) 0xFF);
    }
    utf8.flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
