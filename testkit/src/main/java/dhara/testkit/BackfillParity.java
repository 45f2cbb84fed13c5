package dhara.testkit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.options.WindowOptions;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests that every engine must pass: a backfill of every analysis on the class path, over
 * events out of order with copies and garbage, gives the answers of its oracle, and its ledger
 * matches what was planted. A runner's module extends it without additions.
 */
public abstract class BackfillParity {

  private static final long EVENTS = 3_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Each analysis with each of its options, with different events. */
  static Stream<Arguments> analysesOptionsAndSeeds() {
    return Full.analyses().stream()
        .flatMap(
            name ->
                Full.runs(name).stream().map(run -> Arguments.of(name, run.options(), run.seed())));
  }

  @ParameterizedTest(name = "{0} {1}, seed {2}")
  @MethodSource("analysesOptionsAndSeeds")
  void aBackfillGivesTheAnswersOfTheOracle(
      String name, List<String> options, long seed, @TempDir Path folder) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, seed, EVENTS, folder);
    Path out = folder.resolve("out");
    List<String> arguments = run(name, generated.read(), options);

    Command run = Command.done(with(arguments, "--answers=files:" + out));

    for (String ledger : generated.ledgers()) {
      assertThat(run.err(), containsString(ledger));
    }
    Map<String, List<String>> oracle = Oracle.settled(analysis, generated.inputs(), options);
    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(out.resolve(output.name())),
          is(oracle.get(output.name())));
    }
    assertThat(reasons(out.resolve("dead-letters")), is(generated.deadLetters()));
  }

  /** One run of each shape, with -Pfull all of them. */
  static Stream<Arguments> runs() {
    return (Full.asked() ? Shapes.all() : Shapes.firsts())
        .stream().map(run -> Arguments.of(run.analysis(), run.options()));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("runs")
  void aRangeGivesTheAnswersOfTheWindowsItHoldsAndNoneOfThoseItCuts(
      String name, List<String> options, @TempDir Path folder) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, 4, EVENTS, folder);
    List<Instant> times = generated.inputs().all().map(Event::at).sorted().toList();
    // Within the events, and not at the bound of a window.
    Instant from = times.get(times.size() / 5).plusMillis(137);
    Instant until = times.get(4 * times.size() / 5).plusMillis(731);
    Path whole = folder.resolve("whole");
    Path part = folder.resolve("part");
    List<String> arguments = run(name, generated.read(), options);
    Command.done(with(arguments, "--answers=files:" + whole));

    Command.done(with(arguments, "--answers=files:" + part, "--from=" + from, "--until=" + until));

    for (Output<?, ?> output : analysis.outputs()) {
      List<String> held = new ArrayList<>();
      boolean ends = false;
      for (String answer : SettledAnswers.in(whole.resolve(output.name()))) {
        JsonNode json = JSON.readTree(answer);
        ends |= Instant.parse(json.get("window_end").asText()).isBefore(Box.END);
        if (!Instant.parse(json.get("window_start").asText()).isBefore(from)
            && !Instant.parse(json.get("window_end").asText()).isAfter(until)) {
          held.add(answer);
        }
      }
      assertThat(output.name(), SettledAnswers.in(part.resolve(output.name())), is(held));
      if (output.equals(analysis.outputs().get(0)) && ends) {
        assertThat(held, is(not(empty())));
      }
    }
  }

  static Set<String> analyses() {
    return Shapes.analyses();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void theSessionsOfTwoSourcesAreThoseOfOne(String name, @TempDir Path folder) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.clean(analysis, 6, EVENTS, folder);
    List<Instant> times = generated.inputs().all().map(Event::at).sorted().toList();
    Path whole = folder.resolve("whole");
    Path joined = folder.resolve("joined");
    List<String> options = new ArrayList<>(List.of("--unique=false"));
    if (WindowOptions.class.isAssignableFrom(analysis.options())) {
      options.add("--gap=PT2S");
    }
    List<String> arguments = run(name, generated.read(), options);
    Command.done(with(arguments, "--answers=files:" + whole));

    // Gives every input twice: the first source counts before the cutover, the second from it on.
    Command.done(
        with(
            run(name, Command.line(generated.read(), generated.read()), options),
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

  private static List<String> run(String name, List<String> events, List<String> options) {
    return Command.line(List.of(name, "--effects=true"), events, options);
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
      // A merged one stands for several records.
      reasons.merge(letter.get("reason").asText(), letter.path("records").asLong(1), Long::sum);
    }
    return reasons;
  }
}
