package dhara.serving;

import dhara.options.BadOption;
import dhara.serving.store.KeepRules;
import dhara.serving.store.KeepRules.How;
import dhara.serving.store.KeepRules.Rolled;
import dhara.serving.store.KeepRules.Tier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Reads the options about what the store keeps. */
final class Tiers {

  /** How the views of Dhara's own analyses are rolled up. */
  private static final String KNOWN = "roll-up.properties";

  private Tiers() {}

  /**
   * What is kept.
   *
   * @throws BadOption if the options contradict each other or are malformed
   */
  static KeepRules retention(ServeOptions options) {
    List<String> texts = options.getRollUp() == null ? List.of() : options.getRollUp();
    Duration keep = options.getKeep();
    if (keep == null && !texts.isEmpty()) {
      throw new BadOption(
          "--rollUp",
          String.join(",", texts),
          "rolls up what --keep no longer keeps; add --keep=P7D");
    }
    List<Tier> tiers = new ArrayList<>();
    Duration age = keep;
    Duration width = Duration.ZERO;
    for (String text : texts) {
      Tier tier = tier(text);
      if (tier.kept().compareTo(age) <= 0 || tier.width().compareTo(width) <= 0) {
        throw new BadOption(
            "--rollUp",
            String.join(",", texts),
            text
                + " is no step after "
                + age
                + ": widths and ages must grow, and the first age be longer than --keep, e.g."
                + " --rollUp=PT1H:P90D,P1D:P3650D");
      } else if (!width.isZero() && tier.width().toMillis() % width.toMillis() != 0) {
        throw new BadOption(
            "--rollUp",
            String.join(",", texts),
            tier.width() + " is no multiple of " + width + ", so its windows would cut others");
      }
      tiers.add(tier);
      age = tier.kept();
      width = tier.width();
    }
    return new KeepRules(keep, tiers, rolled(options), options.getKnown());
  }

  private static Tier tier(String text) {
    int colon = text.indexOf(':');
    try {
      Duration width = Duration.parse(text.substring(0, Math.max(0, colon)));
      Duration kept = Duration.parse(text.substring(colon + 1));
      if (width.toMillis() > 0) {
        return new Tier(width, kept);
      }
    } catch (DateTimeException e) {
      throw malformed(text, e);
    }
    throw malformed(text, null);
  }

  private static BadOption malformed(String text, Exception cause) {
    return new BadOption(
        "--rollUp", text, "is no WIDTH:AGE of two durations, e.g. --rollUp=PT1H:P90D", cause);
  }

  private static Map<String, List<Rolled>> rolled(ServeOptions options) {
    Map<String, List<Rolled>> rolled = new HashMap<>();
    Properties known = new Properties();
    try (InputStream in = Tiers.class.getResourceAsStream(KNOWN)) {
      known.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar is damaged: " + KNOWN, e);
    }
    known.forEach((view, how) -> rolled.put((String) view, columns(KNOWN, (String) how)));
    List<String> given = options.getRolled() == null ? List.of() : options.getRolled();
    for (String text : given) {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new BadOption(
            "--rolled", text, "names no view; write --rolled=VIEW=COLUMN:sum,COLUMN:max");
      }
      rolled.put(text.substring(0, equals), columns("--rolled", text.substring(equals + 1)));
    }
    return rolled;
  }

  private static List<Rolled> columns(String option, String text) {
    List<Rolled> columns = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      int colon = each.indexOf(':');
      int slash = each.indexOf('/', colon);
      if (colon <= 0) {
        throw wrong(option, each);
      } else if (slash > 0) {
        columns.add(
            new Rolled(
                each.substring(0, colon).strip(),
                How.RATIO,
                each.substring(colon + 1, slash).strip(),
                each.substring(slash + 1).strip()));
      } else {
        columns.add(
            new Rolled(each.substring(0, colon).strip(), how(option, each, colon), null, null));
      }
    }
    return columns;
  }

  private static How how(String option, String each, int colon) {
    String word = each.substring(colon + 1).strip().toUpperCase(Locale.ROOT);
    for (How how : List.of(How.SUM, How.MIN, How.MAX, How.FIRST, How.LAST)) {
      if (how.name().equals(word)) {
        return how;
      }
    }
    throw wrong(option, each);
  }

  private static BadOption wrong(String option, String each) {
    return new BadOption(
        option,
        each,
        "is no COLUMN:HOW, where HOW is sum, min, max, first, last or A/B, e.g. orders:sum");
  }
}
