package dhara.tokens;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.tokens.TokeniserTest.Given;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealTest {

  private static final TokenKey KEY = Given.of("0123456789abcdef0123456789abcdef");
  private static final TokenKey OTHER = Given.of("fedcba9876543210fedcba9876543210");
  private static final byte[] BYTES = "{\"payer\":\"asha@okbank\",\"amount\":tiger".getBytes(UTF_8);
  private static final String REASON = "'tiger' is no number, of आशा";

  private final byte[] sealed = Seal.with(KEY).seal(REASON, BYTES);

  @Test
  void whatIsSealedOpensToTheReasonAndTheBytes() {
    Seal.Opened opened = Seal.with(KEY).open(sealed);
    assertThat(opened.reason(), is(REASON));
    assertThat(opened.bytes(), is(BYTES));
    byte[] nothing = Seal.with(KEY).seal("", new byte[0]);
    assertThat(Seal.with(KEY).open(nothing).bytes(), is(new byte[0]));
  }

  @Test
  void itShowsNothingOfThemButThatItIsSealed() {
    String shown = new String(sealed, ISO_8859_1);
    assertThat(shown, matchesPattern("(?s)dhara-sealed-1:[0-9a-f]{4}:.*"));
    for (String part : new String[] {"asha", "okbank", "tiger", "payer", "number"}) {
      assertThat(shown, not(containsString(part)));
    }
    assertThat(Seal.isSealed(sealed), is(true));
    assertThat(Seal.isSealed(BYTES), is(false));
    assertThat(Seal.isSealed(new byte[0]), is(false));
  }

  @Test
  void equalLettersAreSealedAlikeSoThatTheyAreMergedAndComparedAsBefore() {
    assertThat(Seal.with(KEY).seal(REASON, BYTES), is(sealed));
    assertThat(Seal.with(KEY).seal(REASON + ".", BYTES), is(not(sealed)));
    assertThat(Seal.with(OTHER).seal(REASON, BYTES), is(not(sealed)));
    // The reason and the bytes are kept apart.
    assertThat(
        Seal.with(KEY).seal("ab", "c".getBytes(UTF_8)),
        is(not(Seal.with(KEY).seal("a", "bc".getBytes(UTF_8)))));
  }

  @Test
  void anotherKeyDoesNotOpenIt() {
    assertThat(
        refused(Seal.with(OTHER), sealed),
        matchesPattern(
            "is sealed with the key [0-9a-f]{4}, and the one of env:GIVEN is [0-9a-f]{4}"));
  }

  @Test
  void whatWasChangedOrCutDoesNotOpen() {
    for (int i = "dhara-sealed-1:0000".length(); i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(refused(Seal.with(KEY), changed), startsWith("is not what was sealed"));
    }
    for (int length : new int[] {15, 20, 31, 32, sealed.length - 1}) {
      assertThat(
          refused(Seal.with(KEY), Arrays.copyOf(sealed, length)),
          startsWith("is not what was sealed"));
    }
    assertThat(refused(Seal.with(KEY), BYTES), is("is not sealed"));
  }

  @Test
  void aWholeThatIsNotKeptHasANameThatOnlyTheKeyGives() {
    assertThat(Seal.with(KEY).name(BYTES), is(Seal.with(KEY).name(BYTES.clone())));
    assertThat(Seal.with(KEY).name(BYTES), is(not(Seal.with(OTHER).name(BYTES))));
    assertThat(Seal.with(KEY).name(BYTES), is(not(Seal.with(KEY).name(new byte[0]))));
    assertThat(Seal.with(KEY).name(BYTES), matchesPattern("[0-9a-f]{64}"));
  }

  private static String refused(Seal seal, byte[] bytes) {
    return assertThrows(IllegalArgumentException.class, () -> seal.open(bytes)).getMessage();
  }
}
