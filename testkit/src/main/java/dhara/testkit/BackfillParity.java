package dhara.testkit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every engine must pass: a backfill of every analysis on the class path, over events out of
 * order with copies and garbage among them, gives the answers of its oracle, and its ledger says
 * what was planted. A runner's module extends it, and adds nothing.
 */
public abstract class BackfillParity {

  private static final long EVENTS = 3_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Arguments> analysesAndSeeds() {
    return Analysis.all().keySet().stream()
        .flatMap(name -> LongStream.rangeClosed(1, 5).mapToObj(seed -> Arguments.of(name, seed)));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("analysesAndSeeds")
  void aBackfillGivesTheAnswersOfTheOracle(String name, long seed, @TempDir Path folder)
      throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, seed, EVENTS, folder);
    Path out = folder.resolve("out");

    Command run =
        Command.done(List.of(name, "--events=" + generated.file(), "--answers=files:" + out));

    assertThat(run.err(), containsString(generated.ledger(analysis)));
    Map<String, List<String>> oracle = Oracle.of(name).answers(generated.events());
    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(out.resolve(output.name())),
          is(SettledAnswers.of(oracle.get(output.name()))));
    }
    assertThat(reasons(out.resolve("dead-letters")), is(generated.deadLetters()));
  }

  static Stream<Arguments> analysesAndWindows() {
    return Analysis.all().keySet().stream()
        .flatMap(
            name ->
                Stream.of(
                    Arguments.of(name, List.of()),
                    Arguments.of(name, List.of("--window=PT40S", "--every=PT10S")),
                    Arguments.of(name, List.of("--gap=PT2S"))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("analysesAndWindows")
  void aRangeGivesTheAnswersOfTheWindowsItHoldsAndNoneOfThoseItCuts(
      String name, List<String> windows, @TempDir Path folder) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, 4, EVENTS, folder);
    List<Instant> times =
        generated.events().stream().map(event -> ((Event) event).at()).sorted().toList();
    // Some way into the events, and between the bounds of windows.
    Instant from = times.get(times.size() / 5).plusMillis(137);
    Instant until = times.get(4 * times.size() / 5).plusMillis(731);
    Path whole = folder.resolve("whole");
    Path part = folder.resolve("part");
    List<String> arguments = new ArrayList<>(List.of(name, "--events=" + generated.file()));
    arguments.addAll(windows);
    arguments.add("--answers=files:" + whole);
    Command.done(arguments);

    arguments.set(arguments.size() - 1, "--answers=files:" + part);
    arguments.addAll(List.of("--from=" + from, "--until=" + until));
    Command.done(arguments);

    for (Output<?, ?> output : analysis.outputs()) {
      List<String> held = new ArrayList<>();
      for (String answer : SettledAnswers.in(whole.resolve(output.name()))) {
        JsonNode json = JSON.readTree(answer);
        if (!Instant.parse(json.get("window_start").asText()).isBefore(from)
            && !Instant.parse(json.get("window_end").asText()).isAfter(until)) {
          held.add(answer);
        }
      }
      assertThat(output.name(), SettledAnswers.in(part.resolve(output.name())), is(held));
      if (output.equals(analysis.outputs().get(0))) {
        assertThat(held, is(not(empty())));
      }
    }
  }

  static Set<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void theSessionsOfTwoSourcesAreThoseOfOne(String name, @TempDir Path folder) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, 6, EVENTS, folder);
    List<Instant> times =
        generated.events().stream().map(event -> ((Event) event).at()).sorted().toList();
    Path whole = folder.resolve("whole");
    Path joined = folder.resolve("joined");
    List<String> arguments =
        List.of(name, "--gap=PT2S", "--unique=false", "--events=" + generated.file());
    Command.done(with(arguments, "--answers=files:" + whole));

    Command.done(
        with(
            arguments,
            "--events=" + generated.file(),
            "--cutover=" + times.get(times.size() / 2),
            "--answers=files:" + joined));

    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(joined.resolve(output.name())),
          is(SettledAnswers.in(whole.resolve(output.name()))));
    }
    assertThat(
        SettledAnswers.in(whole.resolve(analysis.outputs().get(0).name())), is(not(empty())));
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }

  private static Map<String, Long> reasons(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(SettledAnswers::holdsRows).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    Map<String, Long> reasons = new TreeMap<>();
    for (String line : lines) {
      JsonNode letter = JSON.readTree(line);
      // One that is summed up stands for several records.
      reasons.merge(letter.get("reason").asText(), letter.path("records").asLong(1), Long::sum);
    }
    return reasons;
  }
}
