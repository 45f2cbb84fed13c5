package dhara.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Words of texts, and the guess of their language. */
class WordsTest {

  @Test
  void vowelSignsStayWithTheirLetters() {
    assertThat(
        Words.in("हिन्दी में मेट्रो की ख़बर"),
        contains("हिन्दी", "में", "मेट्रो", "की", "ख\u093cबर"));
  }

  @Test
  void oneLetterInTwoEncodingsIsOneWord() {
    assertThat(Words.in("\u0958\u0932\u092e"), is(Words.in("\u0915\u093c\u0932\u092e")));
    assertThat(Words.in("क्\u200dष"), is(Words.in("क्ष")));
    assertThat(Words.in("Ｃａｆｅ\u0301 CAFÉ"), contains("café", "café"));
  }

  @Test
  void hashtagsAndMentionsAreWholeWords() {
    assertThat(
        Words.in("#IPL2026, @virat_k: (#बारिश) ##double #पहला_दिन"),
        contains("#ipl2026", "@virat_k", "#बारिश", "#double", "#पहला_दिन"));
  }

  @Test
  void aSignWithinAWordOrBeforeANumberMakesNoHashtag() {
    assertThat(
        Words.in("C# x@mail.example #1 is @ home"),
        contains("c", "x", "mail.example", "is", "home"));
  }

  @Test
  void numbersPunctuationEmojisAndAddressesAreNoWords() {
    assertThat(
        Words.in("5,000 ₹ 😀 — https://example.org/a#b www.example.org/@c 2nd covid19"),
        contains("2nd", "covid19"));
    assertThat(Words.in(" \n"), is(empty()));
  }

  @Test
  void apostrophesStayWithinWordsAndPossessivesGo() {
    assertThat(Words.in("Don\u2019t take Asha's:dog"), contains("don't", "take", "asha", "dog"));
  }

  @Test
  void whatIsTooLongForAWordIsLeftOut() {
    assertThat(
        Words.in("a".repeat(Words.LONGEST + 1) + " #" + "b".repeat(Words.LONGEST)), is(empty()));
    assertThat(Words.in("a".repeat(Words.LONGEST)).size(), is(1));
  }

  private static String language(String text) {
    return Language.of(Words.in(text));
  }

  @Test
  void theLanguageIsGuessedByScriptAndFunctionWords() {
    assertThat(language("आज बहुत बारिश हुई"), is("hi"));
    assertThat(language("आज office में बहुत काम है"), is("hi"));
    assertThat(language("kal office nahi jana hai"), is("hinglish"));
    assertThat(language("remind me ki kal meeting hai"), is("hinglish"));
    assertThat(language("the train is late because of the rain"), is("en"));
    assertThat(language("main road to the station"), is("en"));
    assertThat(language("Kohli century"), is("en"));
    assertThat(language("இன்று மழை #rain"), is("other"));
    assertThat(language(""), is("en"));
  }

  @Test
  void stopWordsAreThoseOfTheLanguage() {
    assertThat(Language.isStopWord("kal", "hinglish"), is(true));
    assertThat(Language.isStopWord("kal", "en"), is(false));
    assertThat(Language.isStopWord("with", "hinglish"), is(true));
    assertThat(Language.isStopWord("में", "hi"), is(true));
    assertThat(Language.isStopWord("मेट्रो", "hi"), is(false));
    assertThat(Language.isStopWord("x", "en"), is(true));
    assertThat(
        List.of("the", "ज़्यादा", "हूँ").stream()
            .allMatch(w -> Language.isStopWord(Words.in(w).get(0), "hi")),
        is(true));
  }
}
