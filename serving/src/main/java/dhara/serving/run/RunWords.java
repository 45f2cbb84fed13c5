package dhara.serving.run;

import dhara.options.BadOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command of a run, as the user wrote it in one option: an analysis and its options, separated
 * by spaces. A value with spaces stands in single or double quotes.
 */
final class RunWords {

  static final String OPTION = "--run";

  private static final Pattern WORD = Pattern.compile("(?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+");
  private static final Pattern QUOTES = Pattern.compile("'([^']*)'|\"([^\"]*)\"");

  /** What the server says itself. */
  private static final Set<String> ITS_OWN = Set.of("--answers", "--wait", "--explain", "--help");

  /** What the server looks at, so it is written in one word. */
  private static final Set<String> NEEDS_VALUE = Set.of("--resume", "--savepointPath");

  private RunWords() {}

  /**
   * The words of a command.
   *
   * @throws BadOption if there are none, a quote is open, or an option is the server's to set
   */
  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    int end = 0;
    while (word.find()) {
      refuseOpenQuote(text, text.substring(end, word.start()));
      end = word.end();
      words.add(
          QUOTES
              .matcher(word.group())
              .replaceAll(
                  quoted ->
                      Matcher.quoteReplacement(
                          quoted.group(1) == null ? quoted.group(2) : quoted.group(1))));
    }
    refuseOpenQuote(text, text.substring(end));
    if (words.isEmpty() || words.get(0).startsWith("-")) {
      throw new BadOption(
          OPTION,
          text,
          "begins with no analysis; write --run='order-metrics --events=kafka://HOST:9092/orders'");
    }
    for (String each : words) {
      if (NEEDS_VALUE.contains(each)) {
        throw new BadOption(
            OPTION, text, "has " + each + " without its value; write " + each + "=…");
      }
      String name = each.indexOf('=') < 0 ? each : each.substring(0, each.indexOf('='));
      if (ITS_OWN.contains(name)) {
        throw new BadOption(
            OPTION,
            text,
            "has " + name + ", and the server takes the answers itself; leave it out");
      }
    }
    return words;
  }

  private static void refuseOpenQuote(String text, String between) {
    if (!between.isBlank()) {
      throw new BadOption(OPTION, text, "has a quote that is not closed");
    }
  }

  /** The words as one option of a shell; a word with spaces in double quotes. */
  static String option(List<String> words) {
    StringBuilder option = new StringBuilder(OPTION).append("='");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean spaced = word.chars().anyMatch(Character::isWhitespace);
      option.append(i == 0 ? "" : " ").append(spaced ? "\"" + word + "\"" : word);
    }
    return option.append('\'').toString();
  }
}
