package dhara.tools.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Findings come within the default of {@code --labelDelay}. */
  private static final Duration FOUND = Duration.ofDays(7);

  /** The model is trained on the 54 days before, of 60. */
  private static final Instant UNTIL = Instant.parse("2026-04-25T00:00:00Z");

  @TempDir static Path folder;

  private static Command trained;

  @BeforeAll
  static void train() {
    Command.done(
        List.of(
            "generate",
            "fraud",
            "--scenario=compromised-cards",
            "--count=16000",
            "--garbage=0",
            "--out=" + folder));
    trained = Command.done(train("models", "--publish=" + folder.resolve("releases")));
  }

  private static List<String> train(String out, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "train",
                "fraud",
                "--events=payments=" + folder.resolve("payments.jsonl"),
                "--events=labels=" + folder.resolve("labels.jsonl"),
                "--events=rules=" + folder.resolve("rules.jsonl"),
                "--out=" + folder.resolve(out),
                "--until=" + UNTIL));
    line.addAll(List.of(more));
    return line;
  }

  private static Map<String, byte[]> files(String name) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder.resolve(name))) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** The only file whose name ends so. */
  private static String file(String name, String ending) throws IOException {
    List<String> names =
        files(name).keySet().stream().filter(each -> each.endsWith(ending)).toList();
    assertThat(names, hasSize(1));
    return new String(files(name).get(names.get(0)), UTF_8);
  }

  @Test
  void theSameCommandWritesTheSameBytes() throws IOException {
    Map<String, byte[]> before = files("models");
    assertThat(before.keySet(), hasSize(6));

    Command again = Command.done(train("models"));

    assertThat(again.out(), is(trained.out()));
    Map<String, byte[]> after = files("models");
    assertThat(after.keySet(), is(before.keySet()));
    before.forEach((name, bytes) -> assertThat(name, after.get(name), is(bytes)));
  }

  @Test
  void itSaysWhereTheReleaseIsAndNamesNoTemporaryFolder() {
    assertThat(trained.err(), containsString("published at " + folder.resolve("releases")));
    assertThat(trained.err(), containsString(" rows in a temporary folder"));
    assertThat(
        trained.err(), not(containsString(System.getProperty("java.io.tmpdir") + "/dhara-")));
  }

  @Test
  void onLaterDaysRulesAndModelTogetherFindMoreThanEachAlone() throws IOException {
    JsonNode card = JSON.readTree(file("models", ".card.json"));
    JsonNode figures = card.get("figures");
    JsonNode rules = figures.get("rules");
    JsonNode model = figures.get("model");
    JsonNode both = figures.get("rules and model");

    assertThat(precision(both), greaterThan(precision(model)));
    assertThat(both.get("brier").asDouble(), lessThan(model.get("brier").asDouble()));
    assertThat(precision(both), greaterThan(2 * precision(rules)));
    assertThat(both.get("roc_auc").asDouble(), greaterThan(rules.get("roc_auc").asDouble()));
    assertThat(both.get("brier").asDouble(), lessThan(rules.get("brier").asDouble()));
    assertThat(
        both.get("card_precision").asDouble(), greaterThan(rules.get("card_precision").asDouble()));
    assertThat(
        card.get("data").get("judged").get("from").asText(),
        is(
            Instant.parse(card.get("data").get("learned").get("until").asText())
                .plus(FOUND)
                .toString()));
    assertThat(trained.out(), containsString("| rules and model | 0."));
  }

  private static double precision(JsonNode quality) {
    return quality.get("average_precision").asDouble();
  }

  @Test
  void theReleaseComesIntoForceAndDecidesFromItsTimeOn() throws IOException {
    Path out = folder.resolve("decided");
    Command.done(
        List.of(
            "fraud",
            "--events=payments=" + folder.resolve("payments.jsonl"),
            "--events=labels=" + folder.resolve("labels.jsonl"),
            "--events=rules=" + folder.resolve("rules.jsonl"),
            "--events=models=" + folder.resolve("releases"),
            "--answers=files:" + out));

    String version = JSON.readTree(file("models", ".card.json")).get("version").asText();
    assertThat(SettledAnswers.in(out.resolve("refusals")), hasSize(0));
    long before = 0;
    long after = 0;
    for (String line : SettledAnswers.in(out.resolve("decisions"))) {
      JsonNode decision = JSON.readTree(line);
      boolean released = !Instant.parse(decision.get("window_start").asText()).isBefore(UNTIL);
      assertThat(line, decision.get("model").asText("none"), is(released ? version : "none"));
      assertThat(line, decision.get("fallback").isNull(), is(true));
      before += released ? 0 : 1;
      after += released ? 1 : 0;
    }
    assertThat(before, greaterThan(after));
    assertThat(after, greaterThan(1_000L));
  }

  /** What is served is what was trained: row by row, for all rows that the model was judged on. */
  @Test
  void aBackfillServesEachRowWithTheScoreThatItWasJudgedOn() throws IOException {
    Map<String, Double> judged = new HashMap<>();
    for (String line : file("models", ".scores.jsonl").lines().toList()) {
      JsonNode row = JSON.readTree(line);
      judged.put(row.get("id").asText(), row.get("score").asDouble());
    }
    JsonNode card = JSON.readTree(file("models", ".card.json"));
    Path out = folder.resolve("served");

    Command.done(
        List.of(
            "fraud",
            "--events=payments=" + folder.resolve("payments.jsonl"),
            "--events=labels=" + folder.resolve("labels.jsonl"),
            "--events=rules=" + folder.resolve("rules.jsonl"),
            "--events=models=" + folder.resolve("releases"),
            "--model=" + card.get("version").asText(),
            "--answers=files:" + out));

    int compared = 0;
    Set<Double> different = new HashSet<>();
    List<String> mismatches = new ArrayList<>();
    for (String line : SettledAnswers.in(out.resolve("decisions"))) {
      JsonNode decision = JSON.readTree(line);
      Double score = judged.remove(decision.get("payment").asText());
      if (score != null) {
        compared++;
        different.add(score);
        // A decision has four digits of its score.
        if (decision.get("score").asDouble() != Math.rint(score * 1e4) / 1e4) {
          mismatches.add(score + " was judged: " + line);
        }
      }
    }
    System.err.printf(
        "served = trained: %,d rows compared, %,d different scores, %d mismatches%n",
        compared, different.size(), mismatches.size());
    assertThat(mismatches, is(List.of()));
    assertThat(judged.keySet(), is(Set.of()));
    assertThat(compared, is(card.get("data").get("judged").get("rows").asInt()));
    assertThat(different.size(), greaterThan(compared / 2));
  }

  @Test
  void aLinearModelIsPublishedToATopic() throws IOException {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("models", 1);

      Command.done(
          train(
              "linear",
              "--kind=linear",
              "--publish=" + kafka.uri("models"),
              "--heldRows=1500",
              "--at=2026-05-01T00:00:00Z"));

      String line = file("linear", ".release.json");
      assertThat(new String(kafka.readAll("models").get(0).value(), UTF_8), is(line));
      JsonNode release = JSON.readTree(line);
      assertThat(release.get("at").asText(), is("2026-05-01T00:00:00.000Z"));
      assertThat(release.get("model").asText(), is("fraud"));
      byte[] model = Files.readAllBytes(Path.of(release.get("uri").asText()));
      assertThat(TrainedModel.sha256(model), is(release.get("sha256").asText()));
      assertThat(
          JSON.readTree(model).get("features").size(),
          is(JSON.readTree(model).get("weights").size()));
      byte[] held = Files.readAllBytes(Path.of(release.get("held_uri").asText()));
      assertThat(TrainedModel.sha256(held), is(release.get("held_sha256").asText()));
      assertThat(new String(held, UTF_8).lines().count(), is(1_501L));
    }
  }

  @Test
  void whatCannotBeTrainedIsRefusedWithTheReason() throws IOException {
    Path few = Files.createDirectories(folder.resolve("few"));
    try (Stream<String> all = Files.lines(folder.resolve("payments.jsonl"))) {
      Files.write(few.resolve("payments.jsonl"), all.limit(90).toList());
    }
    Path none = folder.resolve("none.jsonl");
    Files.writeString(none, "");
    Path others = folder.resolve("others.jsonl");
    Files.writeString(
        others,
        Files.readString(folder.resolve("labels.jsonl"))
            .replace("\"payment\":\"P", "\"payment\":\"X"));
    String payments = "--events=payments=" + folder.resolve("payments.jsonl");
    String out = "--out=" + folder.resolve("refused");

    refused(
        List.of("train", "candles", "--events=x", out),
        "candles: has no rows of features to train a model on; these have: [fraud");
    refused(
        List.of("train", "fraud", payments, out),
        "--events: names no labels; write --events=labels=URI");
    refused(
        List.of("train", "fraud", payments, "--events=labels=" + none, out, "--allowUnused=true"),
        "--events: labels has no label");
    refused(
        List.of("train", "fraud", payments, "--events=labels=" + others, out),
        "rows to learn from, 0 are positive");
    refused(
        List.of(
            "train",
            "fraud",
            "--events=payments=" + few.resolve("payments.jsonl"),
            "--events=labels=" + folder.resolve("labels.jsonl"),
            "--labelDelay=PT1H",
            out),
        "rows to learn from, and 100 are the least");
    refused(
        List.of("train", "fraud", payments, "--events=labels=" + none, out, "--split=1"),
        "--split=1.0: is a share");
    refused(
        List.of("train", "fraud", payments, "--events=labels=" + none, out, "--publish=console"),
        "is neither a folder nor a topic of releases");
    refused(List.of("train", "fraud", payments, "--events=labels=" + none), "--out: is missing");
    assertThat(Files.exists(folder.resolve("refused")), is(false));
  }

  private static void refused(List<String> arguments, String why) {
    Command command = Command.run(arguments);

    assertThat(arguments + "\n" + command.err(), command.err(), containsString(why));
    assertThat(command.exit(), is(2));
  }
}
