package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.social.Post;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted topics trend, spam does not; a small table of posts; what cannot be a post. */
class TrendingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> TRENDING = Analysis.all().get("trending");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void plantedTopicsAreFirstAtTheirPeakAndSpamNeverTrends(long seed)
      throws JsonProcessingException {
    int count = 2_500;
    Inputs inputs = Inputs.of(TRENDING, seed, count);
    Instant start = inputs.all().map(event -> event.at()).min(Instant::compareTo).orElseThrow();
    Map<String, Instant> lastOfTopic = new TreeMap<>();
    TRENDING
        .scenario()
        .events(seed, count)
        .filter(given -> !given.planted().isEmpty() && !given.planted().equals("spam"))
        .forEach(given -> lastOfTopic.put(given.planted(), given.event().at()));

    Map<String, Instant> firstInWindowUntil = new TreeMap<>();
    List<String> words = new ArrayList<>();
    for (String row : Oracle.settled(TRENDING, inputs, List.of()).get("trends")) {
      JsonNode trends = JSON.readTree(row);
      trends.get("trends").forEach(trend -> words.add(trend.get("word").asText()));
      firstInWindowUntil.merge(
          trends.get("trends").get(0).get("word").asText(),
          Instant.parse(trends.get("window_end").asText()),
          (one, other) -> one.isAfter(other) ? one : other);
    }

    assertThat(lastOfTopic.size(), is(greaterThan(10)));
    lastOfTopic.forEach(
        (topic, last) -> {
          Duration since = Duration.between(start, last);
          // Until then everything rises, because the baseline is incomplete.
          if (since.compareTo(Duration.ofMinutes(80)) > 0) {
            assertThat(topic, firstInWindowUntil.containsKey(topic), is(true));
            assertThat(topic, firstInWindowUntil.get(topic).isAfter(last), is(true));
          }
        });
    assertThat(words.contains("#winbig"), is(false));
    assertThat(words.stream().filter(word -> word.startsWith("@")).toList(), is(empty()));
  }

  private static Post post(
      String id, String time, String user, String text, @Nullable String language) {
    return new Post(id, Instant.parse("2026-01-05T" + time + "Z"), user, text, language);
  }

  private static String json(Post post) {
    return "{\"id\":\"%s\",\"at\":\"%s\",\"user\":\"%s\",\"text\":\"%s\",\"language\":%s}"
        .formatted(
            post.id(),
            post.at(),
            post.user(),
            post.text(),
            post.language() == null ? "null" : "\"" + post.language() + "\"");
  }

  private static final List<Post> POSTS =
      List.of(
          post("a", "10:00:30", "u1", "Rain in the city", null),
          post("b", "10:01:10", "u1", "rain, rain, RAIN", null),
          post("c", "10:01:20", "u2", "It's raining: #Rain and rain", null),
          post("d", "10:02:59.999", "u3", "बारिश हुई", null),
          post("e", "10:03:00", "u3", "kya baat hai", "hi-Latn"));

  @Test
  void aWordCountsOncePerPostAndItsUsersOnceAndWindowsOutliveItsLastPost(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("posts.jsonl");
    Files.write(file, POSTS.stream().map(TrendingTest::json).toList());
    List<String> options =
        List.of(
            "--window=PT2M", "--every=PT1M", "--baseline=PT2M", "--leastUsers=2", "--leastRise=0");
    List<String> command = new ArrayList<>(options);
    command.addAll(
        0, List.of("trending", "--events=" + file, "--answers=files:" + folder.resolve("out")));
    var unused = Command.done(command);

    List<String> trends = SettledAnswers.in(folder.resolve("out/trends"));
    // Rain: u1 in minute 0, u1 and u2 in minute 1. Minute 2 has none, but its window has minute 1.
    String row =
        "{\"language\":\"en\",\"window_start\":\"2026-01-05T%s:00.000Z\",\"window_end\":\"2026-01-05T%s:00.000Z\","
            + "\"trends\":[{\"rank\":1,\"word\":\"rain\",\"posts\":%d,\"users\":2,\"before\":%d,\"rise\":%s}]}";
    assertThat(
        trends,
        contains(
            row.formatted("10:00", "10:02", 3, 0, 4.0),
            row.formatted("10:01", "10:03", 2, 1, 1.5)));
    assertThat(
        Oracle.settled(TRENDING, Inputs.of(TRENDING.inputs().get(0), POSTS), options).get("trends"),
        is(trends));
  }

  @Test
  void languagesAreThoseOfThePostOrGuessedAndStopWordsDoNotTrend() {
    List<String> trends =
        Oracle.settled(
                TRENDING,
                Inputs.of(TRENDING.inputs().get(0), POSTS),
                List.of("--window=PT1M", "--leastUsers=1"))
            .get("trends");

    assertThat(
        String.join("\n", trends),
        containsString("{\"language\":\"hi\",\"window_start\":\"2026-01-05T10:02"));
    assertThat(String.join("\n", trends), containsString("\"language\":\"hinglish\""));
    assertThat(String.join("\n", trends), containsString("\"word\":\"baat\""));
    assertThat(String.join("\n", trends), containsString("\"word\":\"#rain\""));
    assertThat(String.join("\n", trends), not(containsString("\"word\":\"hai\"")));
    assertThat(String.join("\n", trends), not(containsString("\"word\":\"हुई\"")));
  }

  @Test
  void postsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> post("a", "10:00:00", "u", "x".repeat(300_001), null))
            .getMessage(),
        containsString("text has 300,001 characters"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> post("a", "10:00:00", "u", "x", "English!"))
            .getMessage(),
        containsString("language is no language tag such as en-IN"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--every=PT3M", // does not divide the window
        "--baseline=PT90S",
        "--baseline=PT0S",
        "--leastRise=-1",
        "--leastUsers=0",
        "--topCount=0",
        "--gap=PT1M"
      })
  void optionsThatMakeNoSenseAreRefusedByTheirName(String option, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("posts.jsonl"), json(POSTS.get(0)));

    Command run = Command.run(List.of("trending", "--events=" + file, option));

    assertThat(run.exit(), is(not(0)));
    assertThat(run.err(), containsString(option.substring(0, option.indexOf('='))));
  }
}
