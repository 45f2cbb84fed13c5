package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  static Stream<Arguments> analysesAndSeeds() {
    return Analysis.all().keySet().stream()
        .flatMap(name -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(name, seed)));
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

  private static Map<String, Long> reasons(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    Map<String, Long> reasons = new TreeMap<>();
    for (String line : lines) {
      reasons.merge(new ObjectMapper().readTree(line).get("reason").asText(), 1L, Long::sum);
    }
    return reasons;
  }
}
