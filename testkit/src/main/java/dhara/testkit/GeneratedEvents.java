package dhara.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of an analysis' events, out of order, with copies and garbage among them, and the truth of
 * it.
 *
 * @param file the events, one a line
 * @param events each event once
 * @param lines how many lines there are
 * @param duplicates how many of them are copies
 * @param deadLetters how many of them are no events, by reason
 */
public record GeneratedEvents(
    Path file,
    List<? extends Record> events,
    long lines,
    long duplicates,
    Map<String, Long> deadLetters) {

  /** Generates a seed's events into a folder. */
  public static GeneratedEvents of(Analysis<?> analysis, long seed, long count, Path folder)
      throws IOException {
    Path file = folder.resolve(analysis.name() + "-" + seed + ".jsonl");
    Command.done(
        List.of(
            "generate",
            analysis.name(),
            "--count=" + count,
            "--seed=" + seed,
            "--disorder=PT8S",
            "--duplicates=0.05",
            "--garbage=0.03",
            "--out=" + file));
    JsonNode truth = new ObjectMapper().readTree(Path.of(file + ".truth.json").toFile());
    Map<String, Long> dead = new TreeMap<>();
    truth
        .get("deadLetters")
        .fields()
        .forEachRemaining(e -> dead.put(e.getKey(), e.getValue().asLong()));
    Input<?> input = analysis.inputs().get(0);
    return new GeneratedEvents(
        file,
        input.generator().events(seed, count).toList(),
        truth.get("lines").asLong(),
        truth.get("duplicates").asLong(),
        dead);
  }

  /** How many lines are no events. */
  public long dead() {
    return deadLetters.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What the ledger of a run over all of them says. */
  public String ledger(Analysis<?> analysis) {
    return "%s: read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d + filtered 0"
        .formatted(analysis.inputs().get(0).name(), lines, events.size(), dead(), duplicates);
  }
}
