package dhara.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sealed dead letters of which somebody changed bytes. */
class SealAttackTest {

  /** A key. */
  private record Known(String text) implements TokenKey {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] secret() {
      return text.getBytes(UTF_8);
    }
  }

  @Test
  void whatWasChangedIsNotOpened() {
    Seal seal = Seal.with(new Known("a key that has more than 32 bytes, as it must"));
    byte[] good = seal.seal("a reason", "the bytes of an event".getBytes(UTF_8));
    Map<String, Long> ends =
        Attack.of("sealed dead letters", 10)
            .on(
                random -> random.nextInt(8) == 0 ? good : Hostile.broken(good, random),
                bytes -> {
                  try {
                    seal.open(bytes);
                  } catch (IllegalArgumentException e) {
                    return "refused";
                  }
                  if (!Arrays.equals(bytes, good)) {
                    throw new AssertionError("it was opened, though it is another");
                  }
                  return "opened";
                });

    assertThat(ends.keySet(), hasItems("opened", "refused"));
  }
}
