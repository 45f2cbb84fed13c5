package dhara.tools.asof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsOfVerbTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  /** A vector of the output users, of which only some columns matter here. */
  private static String vector(
      String user, String event, String time, long revision, @Nullable String intent) {
    Instant at = Instant.parse("2026-01-05T" + time + "Z");
    return "{\"user\":\"%s\",\"event\":\"%s\",\"window_start\":\"%s\",\"window_end\":\"%s\",\"revision\":%d,%s}"
        .formatted(
            user,
            event,
            text(at),
            text(at.plusMillis(1)),
            revision,
            intent == null
                ? "\"withdrawn\":true"
                : "\"intent\":%s,\"expires_at\":\"%s\""
                    .formatted(intent, text(at.plus(Duration.ofHours(1)))));
  }

  private static String text(Instant at) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
        .withZone(ZoneOffset.UTC)
        .format(at);
  }

  private static final List<String> VECTORS =
      List.of(
          vector("u", "A1", "09:00:00.000", 0, "1.0"),
          vector("u", "A2", "09:10:00.000", 0, "2.5"),
          vector("u", "A2", "09:10:00.000", 1, "2.0"),
          vector("u", "A4", "09:20:00.000", 0, "4.0"),
          vector("u", "A3", "09:20:00.000", 3, "3.0"),
          vector("u", "A5", "09:30:00.000", 0, "5.0"),
          vector("u", "A5", "09:30:00.000", 1, null),
          vector("v", "A6", "09:05:00.000", 0, "6.0"));

  @ParameterizedTest
  @CsvSource({
    "u, 08:59:59.999, none", // before all
    "u, 09:00:00.000, 1.0", // the moment of its event
    "u, 09:09:59.999, 1.0", // not from the future, not by a millisecond
    "u, 09:10:00.000, 2.0", // settled, not as it first was
    "u, 09:20:00.000, 4.0", // of one moment the greater event, whatever the revisions
    "u, 09:31:00.000, 4.0", // the withdrawn one never was
    "u, 10:20:00.000, 4.0", // the last moment of an hour
    "u, 10:20:00.001, none", // expired
    "v, 09:04:59.999, none",
    "v, 09:05:00.000, 6.0",
    "w, 09:05:00.000, none"
  })
  void aQuestionIsToldWhatWasInForceThen(String user, String time, String intent)
      throws IOException {
    write("a/users/part.jsonl", VECTORS);
    write("q.csv", List.of("label,user,at", "1," + user + ",2026-01-05T" + time + "Z"));

    answers("features", "--by=user");
    JsonNode row = JSON.readTree(out());
    assertThat(row.path("label").asText(), is("1"));
    assertThat(row.path("intent").isNull() ? "none" : row.path("intent").asText(), is(intent));
    assertThat(row.path("answered_at").isNull(), is(intent.equals("none")));
  }

  @Test
  void aRowHasTheColumnsOfTheQuestionAndOfTheAnswer() throws IOException {
    answerTops();
    write(
        "q.jsonl",
        List.of(
            "{\"ranked_by\":\"gmv\",\"at\":\"2026-01-05T09:01:00Z\",\"label\":0.5}",
            "{\"ranked_by\":\"gmv\",\"at\":\"2026-01-05T09:00:30Z\",\"label\":0.25}"));

    answers("order-metrics", "--output=top", "--entities=" + place("q.jsonl"));
    assertThat(
        sorted(),
        is(
            List.of(
                "{\"ranked_by\":\"gmv\",\"at\":\"2026-01-05T09:00:30Z\",\"label\":0.25,\"answered_at\":null,\"products\":null}",
                "{\"ranked_by\":\"gmv\",\"at\":\"2026-01-05T09:01:00Z\",\"label\":0.5,\"answered_at\":\"2026-01-05T09:00:59.999Z\",\"products\":[1.5]}")));
    assertThat(err(), containsString("2 asked, 1 answered"));
  }

  /** Answers about a minute, and later ones about two others. */
  private void answerTops() throws IOException {
    write(
        "a/top/part.jsonl",
        Stream.of("09:00,09:01,[1.5]", "09:01,09:02,[2]", "09:09,09:10,[3]")
            .map(
                line ->
                    "{\"ranked_by\":\"gmv\",\"window_start\":\"2026-01-05T%s:00.000Z\",\"window_end\":\"2026-01-05T%s:00.000Z\",\"revision\":0,\"products\":%s}"
                        .formatted(line.substring(0, 5), line.substring(6, 11), line.substring(12)))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "09:06:59.999Z, [2]",
    "09:07:00.000Z, null",
    "09:09:59.999Z, [3]",
    "09:14:59.999Z, [3]"
  })
  void anAnswerThatDoesNotSayWhenItExpiresHasATimeToLive(String time, String products)
      throws IOException {
    answerTops();
    write("q.csv", List.of("ranked_by,at", "gmv,2026-01-05T" + time));

    answers("order-metrics", "--output=top", "--ttl=PT5M");
    assertThat(JSON.readTree(out()).get("products").toString(), is(products));
  }

  @Test
  void numbersInTextAreNumbersAndRowsGoToAFolder() throws IOException {
    write(
        "a/users/part.csv",
        List.of(
            "user,event,window_start,window_end,revision,intent,expires_at",
            "7,A1,2026-01-05T09:00:00.000Z,2026-01-05T09:00:00.001Z,0,1.50,2026-01-05T10:00:00.000Z"));
    write("q/one.jsonl", List.of("{\"user\":7,\"at\":\"2026-01-05T09:00:01Z\"}"));

    answers("features", "--by=user", "--entities=" + place("q"), "--out=" + place("rows"));
    assertThat(out(), is(""));
    assertThat(err(), containsString("1 asked, 1 answered; rows in " + folder.resolve("rows")));
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("rows"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        rows.addAll(Files.readAllLines(file));
      }
    }
    assertThat(rows.size(), is(1));
    assertThat(JSON.readTree(rows.get(0)).get("intent").asText(), is("1.50"));
    assertThat(Files.exists(folder.resolve("rows/_SUCCESS")), is(true));

    assertThat(
        asof("features", "--by=user", "--entities=" + place("q"), "--out=" + place("rows")), is(2));
    assertThat(err(), containsString("holds files already"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyQuestionIsAnsweredAsByASearchThroughAllAnswers(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> vectors = new ArrayList<>();
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String user = "user-" + random.nextInt(8);
      Instant at = START.plusMillis(random.nextInt(400) * 30_000L);
      String time = text(at).substring(11, 23);
      int revisions = 1 + random.nextInt(3);
      for (int revision = 0; revision < revisions; revision++) {
        boolean withdrawn = random.nextInt(8) == 0;
        vectors.add(vector(user, "A" + i, time, revision, withdrawn ? null : i + "." + revision));
        if (revision == revisions - 1 && !withdrawn) {
          held.add(new Held(user, "A" + i, at, i + "." + revision));
        }
      }
    }
    write("a/users/part.jsonl", vectors);
    TreeMap<String, String> expected = new TreeMap<>();
    List<String> questions = new ArrayList<>(List.of("user,at,number"));
    for (int i = 0; i < 200; i++) {
      String user = "user-" + random.nextInt(9);
      Instant at = START.plusMillis(random.nextInt(1_000) * 15_000L - random.nextInt(2));
      questions.add(user + "," + text(at) + "," + i);
      expected.put(Integer.toString(i), search(held, user, at));
    }
    write("q.csv", questions);

    answers("features", "--by=user");
    TreeMap<String, String> told = new TreeMap<>();
    for (String line : sorted()) {
      JsonNode row = JSON.readTree(line);
      told.put(row.get("number").asText(), row.get("intent").asText());
    }
    assertThat(told, is(expected));
  }

  private record Held(String user, String event, Instant at, String intent) {}

  private static String search(List<Held> all, String user, Instant at) {
    Held best = null;
    for (Held held : all) {
      if (held.user.equals(user)
          && !held.at.isAfter(at)
          && (best == null
              || held.at.isAfter(best.at)
              || (held.at.equals(best.at) && held.event.compareTo(best.event) > 0))) {
        best = held;
      }
    }
    return best == null || at.isAfter(best.at.plus(Duration.ofHours(1))) ? "null" : best.intent;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          --by=shop        | --by=shop: names 'shop', which is no column of the key of users; these are user, event
          --output=shops   | --output=shops: is no output of features; it answers users, products
          --output=products | has no answers of products; it has users
          --ttl=PT1H       | is for answers that do not say when they expire, and those of users do
          --out=kafka://localhost:9092/rows | is no folder; rows go to files
          --entities=missing.csv | has no rows
          """)
  void whatCannotBeIsRefused(String option, String why) throws IOException {
    write("a/users/part.jsonl", VECTORS);
    write("q.csv", List.of("user,event,at"));

    assertThat(asof("features", option), is(2));
    assertThat(err(), containsString(why));
  }

  @Test
  void aQuestionWithoutAllColumnsOfTheKeySaysHowToNameFewer() throws IOException {
    write("a/users/part.jsonl", VECTORS);
    write("q.csv", List.of("user,at", "u,2026-01-05T09:00:00Z"));

    assertThat(asof("features"), is(1));

    assertThat(
        err(),
        containsString(
            "it has no event, which is one of user, event; --by names fewer of them, e.g."
                + " --by=user"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          user,at;u,soon                      | its at is no instant: 'soon'
          user,when;u,2026-01-05T09:00:00Z    | it has no instant at
          at,name;2026-01-05T09:00:00Z,u      | it has no user
          user,at,intent;u,2026-01-05T09:00:00Z,1 | a question has a column intent, which answers have too
          """)
  void aQuestionThatCannotBeReadFailsTheRun(String lines, String why) throws IOException {
    write("a/users/part.jsonl", VECTORS);
    write("q.csv", List.of(lines.split(";", -1)));

    assertThat(asof("features", "--by=user"), is(1));
    assertThat(err(), containsString(why));
  }

  private void answers(String analysis, String... options) {
    int exit = asof(analysis, options);
    assertThat(err(), exit, is(0));
  }

  private int asof(String analysis, String... options) {
    List<String> arguments = new ArrayList<>(List.of("asof", analysis));
    arguments.addAll(List.of(options));
    for (String usual : List.of("--history=" + place("a"), "--entities=" + place("q.csv"))) {
      String name = usual.substring(0, usual.indexOf('='));
      if (arguments.stream().noneMatch(given -> given.startsWith(name))) {
        arguments.add(usual);
      }
    }
    out.reset();
    err.reset();
    return Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)))
        .run(arguments.toArray(String[]::new));
  }

  private String place(String name) {
    return "files:" + folder.resolve(name);
  }

  private List<String> sorted() {
    return out().lines().sorted().toList();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void write(String file, List<String> lines) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, lines);
  }
}
