package dhara.pipelines.social;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.SlidingOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.records.RecordCoder;
import dhara.text.Language;
import dhara.text.Words;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.Settled;
import dhara.transforms.order.InOrder;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.tally.Best;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Words and hashtags that are used far more than in the hour before, per language.
 *
 * <pre>
 *   posts ─▶ words ─▶ by language and word ─▶ per minute ─▶ settled ─┐
 *                                                                    │
 *   ┌────────────────────────────────────────────────────────────────┘
 *   └─▶ in the order of minutes: the last 10 against the 60 before ─▶ by language ─▶ the best ─▶ trends
 *                                with at least 10 users
 * </pre>
 *
 * <p>A word counts once for a post, however often the post has it. {@link Words} says what words
 * are, and {@link Language} guesses the language of a post that does not name its own and knows the
 * stop words, which are left out. Mentions are left out too.
 *
 * <p>The rise of a word is {@code (posts + 1) / (expected + 1)}: {@code expected} is the number of
 * posts that the window would have at the rate of the baseline, and the ones keep a word that was
 * never used before from rising to infinity. Within the first hour of the input, the baseline is
 * incomplete, and every word rises.
 *
 * <p>Words are not counted in each window that they are in, but once per minute; a window of a word
 * is put together from its minutes, and only while it has enough posts. So a word that is used once
 * costs one sum and not one for each of ten windows. Windows are about each other, so they are
 * answered when they have settled, {@code --lateness} after their end: for a list that is watched
 * live, let it be short, e.g. {@code --lateness=PT10S}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class Trending implements Analysis<Trending.Options> {

  /**
   * What trends are about.
   *
   * @param language {@code hi}, {@code en}, {@code hinglish}, {@code other}, or what posts name
   */
  public record PostLanguage(String language) {}

  /** The words that rise most, best first; ties are ordered by posts and then by word. */
  public record Trends(List<Trend> trends) {}

  /**
   * A word that rises.
   *
   * @param word a word, or a hashtag with its sign
   * @param posts posts of the window that have it
   * @param users about how many users posted these: exact up to 512, then within some 2 %
   * @param before posts of the baseline that have it
   * @param rise how many times more than expected
   */
  public record Trend(int rank, String word, long posts, long users, long before, double rise) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, SlidingOptions {

    @Description(
        "How long before a window its words are compared with, ISO-8601, e.g. --baseline=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    Duration getBaseline();

    void setBaseline(Duration value);

    @Description("How many users a word needs in a window, e.g. --leastUsers=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getLeastUsers();

    void setLeastUsers(int value);

    @Description("A word needs to be used this many times more than expected, e.g. --leastRise=1.5")
    @Default.Double(1.5)
    double getLeastRise();

    void setLeastRise(double value);

    @Description("How many words are listed for each language, e.g. --topCount=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getTopCount();

    void setTopCount(int value);
  }

  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final Duration EVERY = Duration.ofMinutes(1);

  static final Input<Post> POSTS = new Input<>("posts", Post.class);
  static final Output<PostLanguage, Trends> TRENDS =
      new Output<>("trends", PostLanguage.class, Trends.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("trending", Options.class)
        .summary("words and hashtags that rise over the hour before, per language and 10 min")
        .reads(POSTS)
        .answers(TRENDS)
        .scenario(MadeUpPosts::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.settledSliding(options, WINDOW, EVERY);
    WordRise rise = rise(options, windows);
    int most = options.getTopCount();
    Windows minutes =
        Windows.tumbling(windows.every()).withLateness(windows.lateness()).withHistory(rise.keep());

    flow.answers(
        TRENDS,
        flow.events(POSTS, minutes)
            .apply(
                "Words", FlatMapElements.into(TypeDescriptor.of(Said.class)).via(Trending::wordsOf))
            .setCoder(RecordCoder.of(Said.class))
            .apply(
                "Minutes",
                Answers.in(minutes)
                    .perKey(
                        Word.class,
                        Said::what,
                        TallyFn.of(
                            WordSums.class, said -> new WordSums(1, Distinct.of(said.user())))))
            .apply("Settled", Settled.answers())
            .apply(
                "Minute", MapElements.into(TypeDescriptor.of(WordMinute.class)).via(WordMinute::of))
            .setCoder(RecordCoder.of(WordMinute.class))
            .apply(
                "Rise",
                InOrder.perKey(Word.class, WordMinute::word)
                    .fold(rise, WordRise.Recent.class, RisingWord.class)
                    .withLateness(windows.lateness()))
            .apply(
                "Rank",
                Answers.in(Windows.tumbling(windows.every()).withLateness(windows.lateness()))
                    .perKey(
                        PostLanguage.class,
                        rising -> new PostLanguage(rising.language()),
                        TallyFn.of(
                            Sums.class,
                            rising -> new Sums(Best.of(rising, most)),
                            Trends.class,
                            Sums::trends)))
            .apply(
                "Trends",
                DeriveAnswers.<PostLanguage, Trends, Trends>of(Trends.class, trends -> trends)
                    .reachingBack(windows.width())));
  }

  /** A word of a language. */
  record Word(String language, String word) {}

  /** A user's post has a word. */
  private record Said(Word what, String user) {}

  /** Posts with a word, and their users. */
  record WordSums(long posts, Distinct users) {}

  private static List<Said> wordsOf(Post post) {
    List<String> words = Words.in(post.text());
    String language = post.language() == null ? Language.of(words) : named(post.language());
    Set<String> different = new LinkedHashSet<>(words);
    List<Said> said = new ArrayList<>(different.size());
    for (String word : different) {
      if (word.charAt(0) != '@' && !Language.isStopWord(word, language)) {
        said.add(new Said(new Word(language, word), post.user()));
      }
    }
    return said;
  }

  /** The language of a tag, without script and country. */
  private static String named(String tag) {
    String small = tag.toLowerCase(Locale.ROOT);
    int end = small.indexOf('-');
    return small.startsWith("hi-latn")
        ? Language.HINGLISH
        : end < 0 ? small : small.substring(0, end);
  }

  private record Sums(Best<RisingWord> best) {

    Trends trends() {
      List<Trend> trends = new ArrayList<>();
      for (RisingWord word : best.values()) {
        trends.add(
            new Trend(
                trends.size() + 1,
                word.word(),
                word.posts(),
                word.users(),
                word.before(),
                word.rise()));
      }
      return new Trends(trends);
    }
  }

  private static WordRise rise(Options options, Windows windows) {
    Duration baseline = options.getBaseline();
    if (baseline.toMillis() <= 0 || baseline.toMillis() % windows.every().toMillis() != 0) {
      throw new BadOption(
          "--baseline",
          baseline,
          "must be longer than zero, and whole steps of --every=%s, e.g. --baseline=PT1H"
              .formatted(windows.every()));
    }
    double leastRise = options.getLeastRise();
    if (!(leastRise >= 0 && leastRise < 1e9)) {
      throw new BadOption(
          "--leastRise", leastRise, "must be at least 0 and below a billion, e.g. --leastRise=1.5");
    }
    return new WordRise(
        windows.width().toMillis(),
        windows.every().toMillis(),
        baseline.toMillis(),
        options.getLeastUsers(),
        leastRise);
  }
}
