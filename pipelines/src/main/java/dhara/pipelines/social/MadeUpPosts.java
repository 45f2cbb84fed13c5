package dhara.pipelines.social;

import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Made-up posts in English, Hinglish and Hindi, minute by minute, about everyday things. One
 * hashtag of each language is in every third post, all day, so it does not rise. Planted are
 * topics, about which many users of a language post for six minutes, and spam: one user who posts
 * the same hashtag a dozen times.
 *
 * <p>What is planted in a post is its topic, as a word, or {@code spam}.
 */
final class MadeUpPosts {

  /** What is planted in a post of spam. */
  static final String SPAM = "spam";

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final long MINUTE = 60_000;
  private static final int USERS = 60;

  /** Minutes from one topic to the next, and how long posts are about it. */
  private static final int TOPIC_EVERY = 9;

  private static final int TOPIC_MINUTES = 6;
  private static final int TOPIC_POSTS = 4;
  private static final int SPAM_EVERY = 17;
  private static final int SPAM_POSTS = 12;

  /**
   * How people of a language post: sentences and exclamations with a place for a thing or topic,
   * and a hashtag of every day.
   */
  private record Speech(
      int postsPerMinute,
      String tag,
      String daily,
      List<String> sentences,
      List<String> exclamations,
      List<String> things,
      List<String> topics) {}

  private static final Speech ENGLISH =
      new Speech(
          5,
          "en-IN",
          "#goodmorning",
          List.of(
              "I was waiting for the %s and it never came",
              "what do you think of the new %s, @asha_r?",
              "This %s would be better with some chai",
              "there's a long queue for %s at the corner https://example.org/p/%s"),
          List.of(
              "what is going on with %s", "%s again", "are you all there for %s?", "so, %s now"),
          List.of("metro", "bus", "coffee", "office", "park", "airport", "library", "bridge"),
          List.of("#final", "cyclone", "#budget", "outage"));

  private static final Speech HINGLISH =
      new Speech(
          3,
          "hi-Latn",
          "#suprabhat",
          List.of(
              "aaj %s ke liye bahut wait karna pada",
              "yaar %s kab milega, kisi ko pata hai?",
              "mujhe %s wali photo bhejo please",
              "kal se %s band hai kya"),
          List.of(
              "%s ka kya hua", "kya aap sab %s ke liye ja rahe ho", "phir se %s", "%s toh ho gaya"),
          List.of("chai", "gaadi", "dukaan", "train", "film", "paani", "ticket", "rasta"),
          List.of("#matchday", "bijli", "#shaadi"));

  private static final Speech HINDI =
      new Speech(
          2,
          "hi",
          "#सुप्रभात",
          List.of(
              "आज %s के लिए बहुत इंतज़ार करना पड़ा",
              "%s कब मिलेगी, किसी को पता है?", "मुझे %s वाली फ़ोटो भेजो", "कल से %s बंद है क्या"),
          List.of("%s का क्या हुआ", "क्या आप सब %s के लिए जा रहे हैं", "फिर से %s", "%s तो हो गया"),
          List.of("चाय", "गाड़ी", "दुकान", "ट्रेन", "फ़िल्म", "पानी", "टिकट", "किताब"),
          List.of("#चुनाव", "भूकंप", "#बारिश"));

  private static final List<Speech> SPEECHES = List.of(ENGLISH, HINGLISH, HINDI);

  private final SplittableRandom random;
  private final List<Given<?>> ahead = new ArrayList<>();
  private long made;

  private MadeUpPosts(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first {@code count} posts of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpPosts all = new MadeUpPosts(seed);
    return LongStream.iterate(0, minute -> minute + 1)
        .boxed()
        .flatMap(minute -> all.minute(minute).stream())
        .limit(count);
  }

  private List<Given<?>> minute(long minute) {
    for (Speech speech : SPEECHES) {
      for (int i = 0; i < speech.postsPerMinute; i++) {
        String text = about(speech.sentences, pick(speech.things));
        boolean daily = random.nextInt(3) == 0;
        ahead.add(post(minute, speech, user(speech), daily ? text + " " + speech.daily : text));
      }
    }
    if (random.nextInt(4) == 0) {
      ahead.add(post(minute, ENGLISH, "u-other-1", "இன்று மழை"));
    }
    if (minute % TOPIC_EVERY == 0) {
      topic(minute, minute / TOPIC_EVERY);
    }
    if (minute % SPAM_EVERY == SPAM_EVERY - 1) {
      spam(minute);
    }
    Instant end = START.plusMillis((minute + 1) * MINUTE);
    List<Given<?>> due =
        ahead.stream()
            .filter(given -> given.event().at().isBefore(end))
            .sorted(
                Comparator.comparing((Given<?> given) -> given.event().at())
                    .thenComparing(given -> given.event().id()))
            .toList();
    ahead.removeIf(given -> given.event().at().isBefore(end));
    return due;
  }

  /** Posts about a topic that no one has posted about before. */
  private void topic(long minute, long number) {
    Speech speech = SPEECHES.get((int) (number % SPEECHES.size()));
    long turn = number / SPEECHES.size();
    String topic =
        speech.topics.get((int) (turn % speech.topics.size())) + (turn / speech.topics.size() + 1);
    int first = random.nextInt(USERS);
    for (int i = 0; i < TOPIC_MINUTES * TOPIC_POSTS; i++) {
      String user = userOf(speech, (first + i) % USERS);
      ahead.add(
          post(minute + i / TOPIC_POSTS, speech, user, about(speech.exclamations, topic))
              .planted(topic));
    }
  }

  private void spam(long minute) {
    for (int i = 0; i < SPAM_POSTS; i++) {
      String text = about(ENGLISH.exclamations, "#winbig");
      ahead.add(post(minute + i / 4, ENGLISH, "u-spam-1", text).planted(SPAM));
    }
  }

  private String about(List<String> sentences, String thing) {
    return pick(sentences).replace("%s", thing);
  }

  private String user(Speech speech) {
    return userOf(speech, random.nextInt(USERS));
  }

  private static String userOf(Speech speech, int number) {
    return "u-%s-%02d".formatted(speech.tag, number);
  }

  private Given<Post> post(long minute, Speech speech, String user, String text) {
    boolean tagged = !user.startsWith("u-other") && random.nextInt(8) == 0;
    return Trending.POSTS.given(
        new Post(
            "P%07d".formatted(++made),
            START.plusMillis(minute * MINUTE + random.nextLong(MINUTE)),
            user,
            text,
            tagged ? speech.tag : null));
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
