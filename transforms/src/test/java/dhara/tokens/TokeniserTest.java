package dhara.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokeniserTest {

  /** A key that stands in the test. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Given(byte[] secret) implements TokenKey {
    private static final long serialVersionUID = 1L;

    static Given of(String secret) {
      return new Given(secret.getBytes(UTF_8));
    }

    @Override
    public String toString() {
      return "env:GIVEN";
    }
  }

  private static final byte[] RFC_KEY = new byte[131];

  static {
    Arrays.fill(RFC_KEY, (byte) 0xAA);
  }

  static Tokeniser under(TokenKey key) {
    return Tokens.of(List.of("payer"), key).tokeniser();
  }

  /** Test cases 6 and 7 of RFC 4231, whose keys are as long as ours must be. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Test Using Larger Than Block-Size Key - Hash Key First, 60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54
          This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm., 9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2
          """)
  void aTokenIsTheStartOfThePublishedMac(String text, String mac) {
    byte[] first = Arrays.copyOf(HexFormat.of().parseHex(mac), 16);
    assertThat(
        under(new Given(RFC_KEY)).token(text).substring("t0000_".length()),
        is(Base64.getUrlEncoder().withoutPadding().encodeToString(first)));
  }

  @Test
  void aTokenSaysThatItIsOneAndUnderWhichKey() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(RFC_KEY, "HmacSHA256"));
    byte[] named = mac.doFinal(new byte[] {(byte) 0xFF, 'i', 'd'});
    String token = under(new Given(RFC_KEY)).token("asha@okbank");
    assertThat(token, startsWith("t" + HexFormat.of().formatHex(named).substring(0, 4) + "_"));
    assertThat(token.matches("t[0-9a-f]{4}_[A-Za-z0-9_-]{22}"), is(true));
  }

  @Test
  void theSameTextHasTheSameTokenInEveryProcess() {
    String key = "0123456789abcdef0123456789abcdef";
    Tokeniser one = under(Given.of(key));
    List<String> texts = List.of("asha@okbank", "ravi@okbank", "आशा", "💸", " asha@okbank");
    List<String> tokens = texts.stream().map(one::token).toList();
    assertThat(texts.stream().map(one::token).toList(), is(tokens));
    assertThat(texts.stream().map(under(Given.of(key))::token).toList(), is(tokens));
    assertThat(Set.copyOf(tokens).size(), is(texts.size()));
  }

  @Test
  void textsKeepApart() {
    Tokeniser one = under(new Given(RFC_KEY));
    Set<String> tokens =
        IntStream.range(0, 20_000).mapToObj(i -> one.token("9" + i)).collect(Collectors.toSet());
    assertThat(tokens.size(), is(20_000));
  }

  @Test
  void underAnotherKeyNothingIsTheSame() {
    String ours = under(Given.of("0123456789abcdef0123456789abcdef")).token("asha");
    String theirs = under(Given.of("1123456789abcdef0123456789abcdef")).token("asha");
    assertThat(ours.substring(0, 6), is(not(theirs.substring(0, 6))));
    assertThat(ours.substring(6), is(not(theirs.substring(6))));
  }

  @Test
  void aTextThatLooksLikeATokenIsATextAsAnyOther() {
    Tokeniser one = under(new Given(RFC_KEY));
    String token = one.token("asha");
    assertThat(one.token(token), is(not(token)));
  }

  @Test
  void aKeyThatIsTooShortIsRefusedWithoutBeingShown() {
    String secret = "tiger-tiger-burning-bright-31-b";
    Tokeniser one = under(Given.of(secret)); // building needs no key
    assertThat(
        assertThrows(IllegalStateException.class, () -> one.token("asha")).getMessage(),
        allOf(
            startsWith("env:GIVEN: the key has 31 bytes and needs at least 32"),
            not(containsString("tiger"))));
  }
}
