package dhara.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a text as people post it, in any script.
 *
 * <p>Words end where Unicode says (UAX 29, by ICU), so the vowel signs and viramas of Devanagari
 * stay with their letters, {@code don't} is one word, and Thai and Chinese are split by
 * dictionaries. Hashtags and mentions are words with their sign. Numbers, punctuation, emojis and
 * addresses of pages are no words; a {@code 's} at the end of a word is dropped.
 *
 * <p>A text is folded first by NFKC_Casefold: capital and small letters, full-width forms, and the
 * several encodings of one letter are the same, and invisible joiners are gone.
 *
 * <pre>{@code
 * Words.in("Modi's rally in #Pune: भीड़ बढ़ी https://…"); // modi, rally, in, #pune, भीड़, बढ़ी
 * }</pre>
 */
public final class Words {

  /** Longer ones are not words, and would fill the state of those who count them. */
  public static final int LONGEST = 64;

  private static final Normalizer2 FOLD = Normalizer2.getNFKCCasefoldInstance();

  /** Has the rules and never a text; it is cloned, because an iterator belongs to one thread. */
  private static final BreakIterator BOUNDARIES = BreakIterator.getWordInstance(ULocale.ROOT);

  /** Addresses, and hashtags and mentions that have a letter and do not begin within a word. */
  private static final Pattern WHOLE =
      Pattern.compile(
          "(?:https?://|www\\.)\\S+"
              + "|(?<![\\p{L}\\p{M}\\p{N}_])[#@](?=[\\p{N}_]*\\p{L})[\\p{L}\\p{M}\\p{N}_]+");

  private static final String POSSESSIVE = "'s";

  private Words() {}

  /** The words of a text, folded, in their order. */
  public static List<String> in(String text) {
    String folded = folded(text);
    List<String> words = new ArrayList<>();
    int from = 0;
    if (mayHaveWhole(folded)) {
      Matcher whole = WHOLE.matcher(folded);
      while (whole.find()) {
        between(folded.substring(from, whole.start()), words);
        if (folded.charAt(whole.start()) == '#' || folded.charAt(whole.start()) == '@') {
          add(whole.group(), words);
        }
        from = whole.end();
      }
    }
    between(from == 0 ? folded : folded.substring(from), words);
    return words;
  }

  /** A text in the form in which texts are compared. */
  static String folded(String text) {
    return FOLD.normalize(text).replace('\u2019', '\'');
  }

  /** The pattern is slow, and most texts have nothing for it. */
  private static boolean mayHaveWhole(String text) {
    return text.indexOf('#') >= 0
        || text.indexOf('@') >= 0
        || text.contains("://")
        || text.contains("www.");
  }

  private static void between(String text, List<String> words) {
    if (text.isBlank()) {
      return;
    }
    BreakIterator boundaries = BOUNDARIES.clone();
    // Unicode lets a colon join letters, for the sake of Swedish; in posts it separates them.
    boundaries.setText(text.replace(':', ' '));
    int from = boundaries.first();
    for (int to = boundaries.next(); to != BreakIterator.DONE; to = boundaries.next()) {
      String word = text.substring(from, to);
      // ICU's own status of a word tells only of its end: covid19 would be a number.
      if (word.codePoints().anyMatch(Character::isLetter)) {
        add(word.endsWith(POSSESSIVE) ? word.substring(0, word.length() - 2) : word, words);
      }
      from = to;
    }
  }

  private static void add(String word, List<String> words) {
    if (word.length() <= LONGEST) {
      words.add(word);
    }
  }
}
