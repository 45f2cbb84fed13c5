package dhara.connectors.lookup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What services answer that mean harm, or are broken. */
class LookupAttackTest {

  private static final List<String> KEYS = List.of("IN-1", "IN-2", "\u00e4 key");

  private static final List<String> BODY =
      List.of(
          "\"IN-1\":{\"score\":0.25,\"tags\":[\"a\",\"b\"]}",
          "\"IN-2\":null",
          "\"\u00e4 key\":{\"score\":1}");

  private static byte[] made(SplittableRandom random) {
    byte[] body = Hostile.bytes(Hostile.object(BODY, random));
    return random.nextInt(3) > 0 ? body : Hostile.broken(body, random);
  }

  @Test
  void aBodyIsReadOrIsUnreadable() {
    Map<String, Long> ends =
        Attack.of("answers of services", 30)
            .on(
                LookupAttackTest::made,
                bytes -> {
                  try {
                    int found = HttpLookup.bodies(KEYS, false, bytes).size();
                    HttpLookup.bodies(KEYS.subList(0, 1), true, bytes);
                    return found > 0 ? "answers" : "no answers";
                  } catch (IOException e) {
                    return "unreadable";
                  }
                });

    assertThat(ends.keySet(), hasItems("answers", "unreadable"));
  }

  @Test
  void aNumberWhoseExponentIsTooLongIsUnreadable() {
    byte[] body = Hostile.bytes("{\"IN-1\":1.5E-" + "290".repeat(20) + "}");
    assertThrows(IOException.class, () -> HttpLookup.bodies(KEYS, false, body));
  }
}
