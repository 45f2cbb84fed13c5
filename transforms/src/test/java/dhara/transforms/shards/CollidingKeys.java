package dhara.transforms.shards;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts that somebody chose because their hashes are equal. A hash that takes one byte after the
 * other needs only one pair of blocks for each bit of their number: after either block of a pair it
 * has the same value, so every choice of blocks has one hash.
 */
public final class CollidingKeys {

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final int BLOCK = 4;

  private CollidingKeys() {}

  /** 2^{@code pairs} texts that have one hash, each with its length before it. */
  public static List<String> of(int pairs) {
    List<String> texts = List.of("");
    int state = step(0x811C9DC5, pairs * BLOCK);
    for (int pair = 0; pair < pairs; pair++) {
      Map<Integer, String> ends = new HashMap<>();
      String one = null;
      String other = null;
      for (int number = 0; one == null; number++) {
        other = block(number);
        one = ends.put(after(state, other), other);
      }
      List<String> longer = new ArrayList<>(2 * texts.size());
      for (String text : texts) {
        longer.add(text + one);
        longer.add(text + other);
      }
      texts = longer;
      state = after(state, one);
    }
    return texts;
  }

  /** A text as keys are encoded. */
  public static byte[] encoded(String text) {
    byte[] encoded = (" " + text).getBytes(StandardCharsets.UTF_8);
    encoded[0] = (byte) text.length();
    return encoded;
  }

  private static String block(int number) {
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < BLOCK; i++) {
      block.append(LETTERS.charAt(number >>> (6 * i) & 63));
    }
    return block.toString();
  }

  private static int after(int state, String block) {
    int after = state;
    for (int i = 0; i < block.length(); i++) {
      after = step(after, block.charAt(i));
    }
    return after;
  }

  /** FNV-1a, as in {@link BlockReader#hash}. */
  private static int step(int state, int octet) {
    return (state ^ octet) * 0x01000193;
  }
}
