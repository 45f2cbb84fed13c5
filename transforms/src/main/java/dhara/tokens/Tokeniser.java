package dhara.tokens;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Replaces texts by tokens: {@code t3f9a_Zm9vYmFyYmF6cXV4eHl6eg}, where {@code 3f9a} is the id of
 * the key, and the rest the first 16 bytes of the text's HMAC-SHA-256, in Base64 for URLs. It
 * belongs to one thread.
 *
 * <p>The same text has the same token under the same key, in every field, run and engine, so that
 * tokens join where the texts would. Two texts have the same token with a probability of 2<sup>-128
 * </sup>; among n texts some two have with less than n<sup>2</sup>/2<sup>129</sup>: 1.5 ·
 * 10<sup>-21</sup> for 10<sup>9</sup> texts. Under another key all tokens differ.
 *
 * <p>Without the key a token tells nothing of its text except whether two texts are equal, and so
 * how often each comes. With the key, whoever can list the texts (all telephone numbers) can find
 * the one of a token. A text that looks like a token gets a token as any other, so that nobody can
 * pretend to be someone by naming their token.
 *
 * <p>The key is resolved when the first token is made, so a parser can be built where there is no
 * key, as where a template is written.
 */
public final class Tokeniser {

  private static final int MAC_BYTES = 16;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final TokenKey key;
  private @Nullable Mac mac;
  private byte[] prefix = {};

  Tokeniser(TokenKey key) {
    this.key = key;
  }

  /**
   * The token of a text.
   *
   * @throws IllegalStateException naming the key's reference, if it cannot be resolved here or is
   *     too short
   */
  public String token(String text) {
    Mac opened = mac == null ? open() : mac;
    byte[] code = BASE64.encode(Arrays.copyOf(opened.doFinal(text.getBytes(UTF_8)), MAC_BYTES));
    byte[] token = Arrays.copyOf(prefix, prefix.length + code.length);
    System.arraycopy(code, 0, token, prefix.length, code.length);
    return new String(token, ISO_8859_1);
  }

  private Mac open() {
    Mac opened = Derived.mac(key);
    prefix = ("t" + Derived.id(opened) + "_").getBytes(ISO_8859_1);
    mac = opened;
    return opened;
  }
}
