package dhara.text;

import java.lang.Character.UnicodeScript;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Guesses whether words are Hindi, English or Hinglish, and knows their stop words.
 *
 * <p>Hinglish is Hindi in Latin letters, usually mixed with English. Guessers that compare letters
 * with those of known texts take it for English or Malay, so this one goes by script and by
 * function words, which are few and in almost every sentence:
 *
 * <ul>
 *   <li>{@code hi}: more words are in Devanagari than in Latin letters;
 *   <li>{@code other}: more words are in other scripts than in either;
 *   <li>{@code hinglish}: of the rest, some words are in Devanagari, or there are at least half as
 *       many Hindi function words in Latin letters as English ones;
 *   <li>{@code en}: the rest; also a text of names alone, and one in another language of the Latin
 *       script.
 * </ul>
 *
 * <p>Spellings that are words of both languages, such as {@code to} and {@code main}, count for
 * neither.
 */
public final class Language {

  /** Hindi in Devanagari. */
  public static final String HINDI = "hi";

  /** English, as far as it can be told. */
  public static final String ENGLISH = "en";

  /** Hindi in Latin letters, or mixed with English. */
  public static final String HINGLISH = "hinglish";

  /** Another script. */
  public static final String OTHER = "other";

  private static final Set<String> ENGLISH_WORDS = Lexicon.list("en");
  private static final Set<String> HINGLISH_WORDS = Lexicon.list("hinglish");

  /** English words come in all of them, Hindi ones in Latin letters only in Hinglish. */
  private static final Set<String> STOP_WORDS = together("en", "either", "hi");

  private static final Set<String> HINGLISH_STOP_WORDS = together("en", "either", "hi", "hinglish");

  private Language() {}

  /** The language of words as {@link Words} gives them. */
  public static String of(List<String> words) {
    int devanagari = 0;
    int latin = 0;
    int others = 0;
    int english = 0;
    int hinglish = 0;
    for (String word : words) {
      switch (script(word)) {
        case DEVANAGARI -> devanagari++;
        case LATIN -> latin++;
        default -> others++;
      }
      english += ENGLISH_WORDS.contains(word) ? 1 : 0;
      hinglish += HINGLISH_WORDS.contains(word) ? 1 : 0;
    }
    if (others > devanagari && others > latin) {
      return OTHER;
    }
    if (devanagari > latin) {
      return HINDI;
    }
    return devanagari > 0 || (hinglish > 0 && 2 * hinglish >= english) ? HINGLISH : ENGLISH;
  }

  /** The script of the first letter. */
  private static UnicodeScript script(String word) {
    return word.codePoints()
        .filter(Character::isLetter)
        .mapToObj(UnicodeScript::of)
        .findFirst()
        .orElse(UnicodeScript.COMMON);
  }

  /**
   * Whether a word says nothing about a subject: a function word, or a single letter.
   *
   * @param language of the text; one that is not known has the stop words of English and Hindi
   */
  public static boolean isStopWord(String word, String language) {
    return word.codePointCount(0, word.length()) == 1
        || (language.equals(HINGLISH) ? HINGLISH_STOP_WORDS : STOP_WORDS).contains(word);
  }

  private static Set<String> together(String... lists) {
    Set<String> words = new HashSet<>();
    for (String list : lists) {
      words.addAll(Lexicon.list(list));
    }
    return Set.copyOf(words);
  }
}
