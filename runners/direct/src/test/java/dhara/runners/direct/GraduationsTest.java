package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.testkit.Command;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments that read what they graduated. */
class GraduationsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> EXPERIMENTS = Analysis.all().get("experiments");

  /** Runs over generated events and these graduations, and returns where the answers are. */
  private static Path run(GeneratedEvents generated, List<Path> graduations, Path out) {
    Command.done(
        Command.line(
            List.of("experiments", "--effects=true", "--answers=files:" + out),
            generated.read(),
            graduations.stream()
                .map(of -> "--events=setups=" + of.resolve("graduations") + "/*.jsonl")
                .toList()));
    return out;
  }

  /** The users of each variant of the first experiment with a button, by the end of the look. */
  private static Map<String, NavigableMap<Instant, Long>> users(Path answers) throws IOException {
    Map<String, NavigableMap<Instant, Long>> users = new TreeMap<>();
    for (String line : SettledAnswers.in(answers.resolve("results"))) {
      JsonNode row = JSON.readTree(line);
      if (row.get("experiment").asText().equals("button-0")) {
        users
            .computeIfAbsent(row.get("variant").asText(), variant -> new TreeMap<>())
            .put(Instant.parse(row.get("window_end").asText()), row.get("users").asLong());
      }
    }
    return users;
  }

  @Test
  void usersAreAssignedToTheWinnerFromItsGraduationOnAndNotBefore(@TempDir Path folder)
      throws IOException {
    GeneratedEvents generated = GeneratedEvents.of(EXPERIMENTS, 1, 1_800, folder);
    Path first = run(generated, List.of(), folder.resolve("first"));
    List<String> graduations = SettledAnswers.in(first.resolve("graduations"));
    assertThat(graduations, hasSize(1));
    JsonNode graduation = JSON.readTree(graduations.get(0));
    Instant at = Instant.parse(graduation.get("at").asText());
    assertThat(at, is(Instant.parse(graduation.get("window_end").asText()).plusSeconds(3_600)));
    assertThat(
        graduation.get("variants").toString(),
        is("[{\"name\":\"grey\",\"weight\":0.0},{\"name\":\"green\",\"weight\":1.0}]"));

    Path second = run(generated, List.of(first), folder.resolve("second"));

    Map<String, NavigableMap<Instant, Long>> without = users(first);
    Map<String, NavigableMap<Instant, Long>> with = users(second);
    for (String variant : List.of("grey", "green")) {
      assertThat(with.get(variant).headMap(at, true), is(without.get(variant).headMap(at, true)));
    }
    Instant last = with.get("grey").lastKey();
    assertThat(last, is(greaterThan(at)));
    long grey = with.get("grey").get(at);
    assertThat(without.get("grey").get(last), is(greaterThan(grey)));
    with.get("grey").tailMap(at).values().forEach(users -> assertThat(users, is(grey)));
    assertThat(
        with.get("green").get(last),
        is(without.get("green").get(last) + without.get("grey").get(last) - grey));
    assertThat(SettledAnswers.in(second.resolve("graduations")), is(graduations));

    Path third = run(generated, List.of(first, second), folder.resolve("third"));

    for (Output<?, ?> output : EXPERIMENTS.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(third.resolve(output.name())),
          is(SettledAnswers.in(second.resolve(output.name()))));
    }
  }
}
