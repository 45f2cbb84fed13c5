package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * Attacks coders of state: broken bytes are a value that can be written again, or an IOException,
 * and a length that they claim allocates nothing.
 */
public final class CoderAttack {

  /** Reads bytes. */
  @FunctionalInterface
  public interface Decoding {
    void read(byte[] bytes) throws IOException;
  }

  private CoderAttack() {}

  /** Attacks a coder with the bytes of good values, broken, and with random bytes. */
  public static <T> void on(String name, int share, Coder<T> coder, List<T> good)
      throws IOException {
    List<byte[]> encoded = new ArrayList<>();
    for (T value : good) {
      encoded.add(CoderUtils.encodeToByteArray(coder, value));
    }
    on(
        name,
        share,
        encoded,
        bytes -> {
          coder.decode(new ByteArrayInputStream(bytes));
          coder.decode(silent(bytes));
          T value = coder.decode(new RecordInput(bytes, 0, bytes.length));
          coder.encode(value, new RecordOutput(16));
        });
  }

  /** Attacks what reads bytes. */
  public static void on(String name, int share, List<byte[]> good, Decoding decoding) {
    Map<String, Long> ends =
        Attack.of("coder " + name, share)
            .on(
                random -> made(good, random),
                bytes -> {
                  try {
                    decoding.read(bytes);
                    return "read";
                  } catch (IOException e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("read", "refused"));
  }

  private static byte[] made(List<byte[]> good, SplittableRandom random) {
    return switch (random.nextInt(10)) {
      case 0 -> Hostile.noise(random.nextInt(40), random);
      case 1 -> Hostile.one(good, random);
      default -> Hostile.broken(Hostile.one(good, random), random);
    };
  }

  /** A stream that does not say how many bytes it still has, as those of some engines. */
  private static InputStream silent(byte[] bytes) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int available() {
        return 0;
      }
    };
  }
}
