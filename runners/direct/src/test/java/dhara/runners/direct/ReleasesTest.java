package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.parity.media.HeldImpressions;
import dhara.pipelines.Analysis;
import dhara.pipelines.media.Playback;
import dhara.testkit.Command;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.transforms.model.ModelRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model is learned, released, let into force by the gate, and scores what comes after. */
class ReleasesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> ONLINE_MODEL = Analysis.all().get("online-model");

  private static List<ModelRelease> releases(List<String> rows) throws IOException {
    List<ModelRelease> releases = new ArrayList<>();
    for (String row : rows) {
      JsonNode of = JSON.readTree(row);
      releases.add(
          new ModelRelease(
              of.get("id").asText(),
              Instant.parse(of.get("at").asText()),
              of.get("model").asText(),
              of.get("version").asText(),
              of.get("uri").asText(),
              of.get("sha256").asText(),
              of.get("held_uri").asText(),
              of.get("held_sha256").asText()));
    }
    return releases;
  }

  private static Map<String, List<String>> answers(Path folder) throws IOException {
    Map<String, List<String>> answers = new TreeMap<>();
    for (String output : List.of("progress", "weights", "releases", "served", "refusals")) {
      answers.put(output, SettledAnswers.in(folder.resolve(output)));
    }
    return answers;
  }

  @Test
  void whatWasLearnedIsReleasedAndServes(@TempDir Path folder) throws IOException {
    GeneratedEvents generated = GeneratedEvents.of(ONLINE_MODEL, 1, 1_600, folder);
    String playbacks = generated.read().get(0);
    assertThat(playbacks, containsString("--events=playbacks="));
    List<String> options =
        Command.line(
            HeldImpressions.write(folder.resolve("held.csv")).options(),
            List.of(
                "--reportEvery=PT30M",
                "--modelFloor=0.05",
                "--modelMargin=0.001",
                "--lateness=PT1M",
                "--releaseAfter=PT20M"));
    Path first = folder.resolve("first");
    Command.done(
        Command.line(
            List.of("online-model", "--effects=true", "--answers=files:" + first, playbacks),
            options));
    List<ModelRelease> releases = releases(answers(first).get("releases"));
    assertThat(answers(first).get("served"), is(empty()));

    Path second = folder.resolve("second");
    Command.done(
        Command.line(
            List.of(
                "online-model",
                "--effects=true",
                "--answers=files:" + second,
                playbacks,
                "--events=models=" + first.resolve("releases") + "/*.jsonl"),
            options));

    // The oracle learns, tries and scores by itself.
    Map<String, List<String>> settled =
        Oracle.settled(
            ONLINE_MODEL,
            new Inputs(
                Map.of(
                    "playbacks",
                    generated.inputs().of("playbacks", Playback.class),
                    "models",
                    releases)),
            options);
    assertThat(answers(second), is(settled));
    // It learned the same, so it releases the same.
    assertThat(settled.get("releases"), is(answers(first).get("releases")));
    assertThat(settled.get("refusals"), is(not(empty())));
    Set<String> versions = new HashSet<>();
    for (String row : settled.get("served")) {
      JsonNode served = JSON.readTree(row);
      versions.add(served.get("version").asText());
      // A model of an hour has not seen what it scores.
      assertThat(
          row,
          Instant.parse(served.get("version").asText())
              .isBefore(Instant.parse(served.get("window_end").asText())),
          is(true));
    }
    assertThat(versions.size(), is(greaterThan(1)));
  }
}
