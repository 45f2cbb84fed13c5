package dhara.parity.social;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.social.Post;
import dhara.pipelines.social.Trending;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the posts of each window and of the time before it anew. Words are found by one regular
 * expression, and only the lists of function words are those of the product, because they are data.
 */
@AutoService(Oracle.class)
public final class TrendingOracle implements Oracle {

  private static final Pattern WORD =
      Pattern.compile("https?:\\S+|[#@]?[\\p{L}\\p{M}\\p{N}_]+(?:['.][\\p{L}\\p{M}\\p{N}_]+)*");

  private static final Map<String, Set<String>> LISTS = lists();

  private final Function<String, List<String>> words;

  /** Finds words itself. */
  public TrendingOracle() {
    this(TrendingOracle::wordsOf);
  }

  /** With words that are found by other means, for scripts that one expression cannot split. */
  public TrendingOracle(Function<String, List<String>> words) {
    this.words = words;
  }

  @Override
  public String analysis() {
    return "trending";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT6M",
            "--every=PT2M",
            "--baseline=PT20M",
            "--leastUsers=4",
            "--leastRise=0.9",
            "--topCount=3"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  private record Use(String word, String user, Instant at) {}

  private record Rising(String word, long posts, long users, long before, double rise) {}

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Trending.Options options = given.as(Trending.Options.class);
    Duration width = options.getWindow() == null ? Duration.ofMinutes(10) : options.getWindow();
    Duration every = options.getEvery() == null ? Duration.ofMinutes(1) : options.getEvery();
    Map<String, List<Use>> uses = new TreeMap<>();
    for (Post post : inputs.of("posts", Post.class)) {
      String language = language(post);
      for (String word : new TreeSet<>(words.apply(post.text()))) {
        if (!word.startsWith("@") && !stops(word, language)) {
          uses.computeIfAbsent(language, l -> new ArrayList<>())
              .add(new Use(word, post.user(), post.at()));
        }
      }
    }
    List<String> answers = new ArrayList<>();
    uses.forEach(
        (language, of) -> {
          long first = of.stream().mapToLong(u -> u.at.toEpochMilli()).min().orElseThrow();
          long last = of.stream().mapToLong(u -> u.at.toEpochMilli()).max().orElseThrow();
          long step = every.toMillis();
          for (long end = first / step * step + step;
              end <= last / step * step + width.toMillis();
              end += step) {
            String trends = trends(of, Instant.ofEpochMilli(end), width, options);
            if (!trends.isEmpty()) {
              Box<String> box =
                  new Box<>(
                      language, Instant.ofEpochMilli(end).minus(width), Instant.ofEpochMilli(end));
              answers.add(
                  "{\"language\":\"%s\",%s,\"trends\":[%s]}"
                      .formatted(language, box.window(), trends));
            }
          }
        });
    return Map.of("trends", answers);
  }

  private static String trends(
      List<Use> uses, Instant end, Duration width, Trending.Options options) {
    Instant start = end.minus(width);
    Instant before = start.minus(options.getBaseline());
    Map<String, List<Use>> now = new LinkedHashMap<>();
    Map<String, Long> then = new LinkedHashMap<>();
    for (Use use : uses) {
      if (!use.at.isBefore(start) && use.at.isBefore(end)) {
        now.computeIfAbsent(use.word, w -> new ArrayList<>()).add(use);
      } else if (!use.at.isBefore(before) && use.at.isBefore(start)) {
        then.merge(use.word, 1L, Long::sum);
      }
    }
    BigDecimal part =
        new BigDecimal(width.toMillis())
            .divide(new BigDecimal(options.getBaseline().toMillis()), MathContext.DECIMAL128);
    List<Rising> rising = new ArrayList<>();
    now.forEach(
        (word, of) -> {
          long users = of.stream().map(Use::user).distinct().count();
          long earlier = then.getOrDefault(word, 0L);
          BigDecimal expected = part.multiply(new BigDecimal(earlier));
          double rise =
              new BigDecimal(of.size() + 1)
                  .divide(expected.add(BigDecimal.ONE), MathContext.DECIMAL128)
                  .doubleValue();
          if (users >= options.getLeastUsers() && rise >= options.getLeastRise()) {
            rising.add(new Rising(word, of.size(), users, earlier, rise));
          }
        });
    rising.sort(
        Comparator.comparing((Rising r) -> -r.rise)
            .thenComparing(r -> -r.posts)
            .thenComparing(r -> r.word));
    List<String> rows = new ArrayList<>();
    for (Rising r : rising.subList(0, Math.min(rising.size(), options.getTopCount()))) {
      rows.add(
          "{\"rank\":%d,\"word\":%s,\"posts\":%d,\"users\":%d,\"before\":%d,\"rise\":%s}"
              .formatted(
                  rows.size() + 1, TextNode.valueOf(r.word), r.posts, r.users, r.before, r.rise));
    }
    return String.join(",", rows);
  }

  /** The words of a text, with their signs. */
  public static List<String> wordsOf(String text) {
    List<String> words = new ArrayList<>();
    Matcher word =
        WORD.matcher(
            Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replace('\u2019', '\''));
    while (word.find()) {
      String found = word.group();
      boolean letters = found.codePoints().anyMatch(Character::isLetter);
      if (letters && !found.startsWith("http")) {
        words.add(found.endsWith("'s") ? found.substring(0, found.length() - 2) : found);
      }
    }
    return words;
  }

  private String language(Post post) {
    return post.language() == null
        ? guess(words.apply(post.text()))
        : post.language().equals("hi-Latn") ? "hinglish" : post.language().replaceAll("-.*", "");
  }

  /** The language of words. */
  public static String guess(List<String> words) {
    long devanagari = words.stream().filter(w -> w.matches(".*[\\u0900-\\u097f].*")).count();
    long latin = words.stream().filter(w -> w.matches("[#@]?[a-z\u00c0-\u024f0-9].*")).count();
    long hindi = words.stream().filter(LISTS.get("hinglish")::contains).count();
    long english = words.stream().filter(LISTS.get("en")::contains).count();
    if (words.size() - devanagari - latin > Math.max(devanagari, latin)) {
      return "other";
    }
    if (devanagari > latin) {
      return "hi";
    }
    return devanagari > 0 || (hindi > 0 && hindi >= english / 2.0) ? "hinglish" : "en";
  }

  private static boolean stops(String word, String language) {
    return word.length() == 1
        || LISTS.get("en").contains(word)
        || LISTS.get("either").contains(word)
        || LISTS.get("hi").contains(word)
        || (language.equals("hinglish") && LISTS.get("hinglish").contains(word));
  }

  private static Map<String, Set<String>> lists() {
    Map<String, Set<String>> lists = new TreeMap<>();
    try (InputStream file = Trending.class.getResourceAsStream("/dhara/text/function-words.txt")) {
      for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        List<String> words = Arrays.asList(line.split(" ", -1));
        lists
            .computeIfAbsent(words.get(0), name -> new HashSet<>())
            .addAll(
                words.stream().map(w -> Normalizer.normalize(w, Normalizer.Form.NFKC)).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lists;
  }
}
