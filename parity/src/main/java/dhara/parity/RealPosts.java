package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.parity.social.TrendingOracle;
import dhara.pipelines.Analysis;
import dhara.pipelines.social.Post;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.text.Language;
import dhara.text.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What trends in utterances that people wrote in English and Hinglish, and in what editors of
 * Wikipedia say of their edits of a day.
 */
interface RealPosts {

  /** Distinct users are counted exactly up to 512. */
  int USERS = 500;

  /** The first hours of the day are enough edits. */
  Instant UNTIL = Instant.parse("2015-09-12T06:00:00Z");

  /** Shows the words that most posts have, and that the two languages are told apart. */
  @Test
  default void wordsOfUtterancesEqualARecountAndTheirLanguagesAreGuessed(@TempDir Path folder)
      throws IOException {
    List<Post> posts = new ArrayList<>();
    Map<String, Long> asWritten = new TreeMap<>();
    Instant start = Instant.parse("2026-01-05T00:00:00Z");
    for (String file : List.of("train.tsv", "validation.tsv")) {
      List<String> lines = Files.readAllLines(RealData.data().resolve("hinglish_top/" + file));
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split("\t", -1);
        for (int cell = 0; cell < 2; cell++) {
          String id = "%05d".formatted(posts.size());
          String language = cell == 0 ? "en" : "hinglish";
          long right = Language.of(Words.in(cells[cell])).equals(language) ? 1 : 0;
          asWritten.merge(language, right, Long::sum);
          posts.add(
              new Post(
                  id,
                  start.plusSeconds(posts.size()),
                  "u" + posts.size() % USERS,
                  cells[cell],
                  null));
        }
      }
    }
    Path file = folder.resolve("posts.jsonl");
    Files.write(file, posts.stream().map(RealPosts::json).toList());

    // One window has all of them; without a baseline the words of most posts are first.
    List<String> trends =
        equal(
            posts,
            List.of("--events=" + file),
            "aggregated %,d ".formatted(posts.size()),
            new TrendingOracle(),
            folder,
            "--window=P1D",
            "--every=P1D",
            "--baseline=P1D",
            "--leastUsers=1",
            "--topCount=50");

    assertThat(trends.size(), is(2));
    for (String row : trends) {
      JsonNode language = new ObjectMapper().readTree(row);
      List<String> words = new ArrayList<>();
      language
          .get("trends")
          .forEach(trend -> words.add(trend.get("word").asText() + " " + trend.get("posts")));
      System.err.printf("%s: %s%n", language.get("language").asText(), words);
    }
    asWritten.forEach(
        (language, right) -> {
          double share = 2.0 * right / posts.size();
          System.err.printf("guessed as %s: %.1f %%%n", language, 100 * share);
          assertThat(language, share, is(greaterThan(0.9)));
        });
    // A recount by whole words between spaces: these are in the same posts by any definition.
    for (String word : List.of("alarm", "reminder")) {
      long recounted =
          posts.stream()
              .filter(
                  post ->
                      Arrays.asList(post.text().toLowerCase(Locale.ROOT).split(" ", -1))
                          .contains(word))
              .count();
      assertThat(word, counted(trends, word), is(recounted));
    }
  }

  private static long counted(List<String> trends, String word) throws IOException {
    long posts = 0;
    for (String row : trends) {
      for (JsonNode trend : new ObjectMapper().readTree(row).get("trends")) {
        posts += trend.get("word").asText().equals(word) ? trend.get("posts").asLong() : 0;
      }
    }
    return posts;
  }

  @Test
  default void trendsOfCommentsOnWikipediasEditsEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Path edits = RealData.data().resolve("wikiticker/wikiticker-2015-09-12-sampled.json.gz");
    List<Post> posts = new ArrayList<>();
    for (String line : RealData.unpacked(edits)) {
      JsonNode edit = new ObjectMapper().readTree(line);
      Instant at = Instant.parse(edit.get("time").asText());
      if (at.isBefore(UNTIL)) {
        posts.add(
            new Post(
                "%05d".formatted(posts.size()),
                at,
                edit.get("user").asText(),
                edit.get("comment").asText(),
                null));
      }
    }

    List<String> trends =
        equal(
            posts,
            List.of(
                "--events=" + edits,
                "--map=" + RealData.repository().resolve("mappings/wikiticker-posts.map"),
                "--until=" + UNTIL),
            "aggregated %,d ".formatted(posts.size()),
            // Their words are the product's: these comments are in all scripts of the world.
            new TrendingOracle(Words::in),
            folder,
            "--window=PT30M",
            "--every=PT10M");

    assertThat(trends.size(), is(greaterThan(10)));
    System.err.printf("comments: %,d, windows with trends: %,d%n", posts.size(), trends.size());
  }

  private static String json(Post post) {
    ObjectNode fields = new ObjectMapper().createObjectNode();
    return fields
        .put("id", post.id())
        .put("at", post.at().toString())
        .put("user", post.user())
        .put("text", post.text())
        .toString();
  }

  /** The trends of a run of the command, which are those of the oracle. */
  private static List<String> equal(
      List<Post> posts,
      List<String> source,
      String ledger,
      TrendingOracle oracle,
      Path folder,
      String... options)
      throws IOException {
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>(List.of("trending", "--answers=files:" + out));
    arguments.addAll(source);
    arguments.addAll(List.of(options));

    Command run = Command.done(arguments);

    assertThat(run.err(), containsString(ledger));
    Analysis<?> analysis = Analysis.all().get("trending");
    List<String> trends = SettledAnswers.in(out.resolve("trends"));
    Inputs inputs = Inputs.of(analysis.inputs().get(0), posts);
    assertThat(
        trends,
        is(
            SettledAnswers.of(
                oracle.answers(inputs, Oracle.options(analysis, List.of(options))).get("trends"))));
    return trends;
  }
}
