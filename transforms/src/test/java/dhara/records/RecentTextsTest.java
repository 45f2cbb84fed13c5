package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentTextsTest {

  private final RecentTexts texts = new RecentTexts();

  private String utf8(String text) {
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    return texts.utf8(bytes, 1, bytes.length - 2);
  }

  private String of(String text) {
    return texts.of(("<" + text + ">").toCharArray(), 1, 1 + text.length());
  }

  /** Few characters, so that texts come again, and are others in another order. */
  @Test
  void everyTextIsTheOneInItsBytes() {
    Random random = new Random(1);
    String alphabet = "\0ab~\u007f\u0080é本\ud83d\ude00";
    for (int i = 0; i < 1_000_000; i++) {
      int characters = i % 10 == 0 ? alphabet.length() : 4;
      StringBuilder made = new StringBuilder();
      for (int length = random.nextInt(19); made.length() < length; ) {
        made.append(alphabet.charAt(random.nextInt(characters)));
      }
      String text =
          new String(made.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      assertThat(random.nextBoolean() ? utf8(text) : of(text), is(text));
    }
  }

  @Test
  void aTextOfEveryLengthThatComesAgainIsOneObject() {
    String text = "";
    while (text.length() <= RecentTexts.LONGEST) {
      String unused = utf8(text);
      String second = utf8(text);
      assertThat(text, utf8(text), sameInstance(second));
      assertThat(text, of(text), sameInstance(second));
      text += (char) ('a' + text.length());
    }
    assertThat(utf8(text), not(sameInstance(utf8(text))));
  }

  @Test
  void textsThatComeOnceDisplaceNothing() {
    String unused = of("Norway");
    String norway = of("Norway");
    for (int i = 0; i < 100_000; i++) {
      String unusedId = of("O" + i);
    }
    assertThat(of("Norway"), sameInstance(norway));
  }

  @Test
  void invalidBytesAreReplacedAsInStrings() {
    byte[] bytes = {'a', (byte) 0xC3, 'b', (byte) 0xFF};
    assertThat(texts.utf8(bytes, 0, 4), is(new String(bytes, StandardCharsets.UTF_8)));
  }
}
