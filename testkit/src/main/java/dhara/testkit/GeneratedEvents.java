package dhara.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Generated files of an analysis' events, one for each input, out of order, with copies and
 * garbage, and the truth about them.
 *
 * @param files by input, the events, one per line
 * @param inputs each event once
 * @param truths by input, the content of the file
 */
public record GeneratedEvents(
    Map<Input<?>, Path> files, Inputs inputs, Map<Input<?>, Truth> truths) {

  /**
   * The content of a file.
   *
   * @param lines how many lines there are
   * @param events how many distinct events
   * @param duplicates how many lines are copies
   * @param deadLetters how many lines are garbage, by reason
   */
  public record Truth(long lines, long events, long duplicates, Map<String, Long> deadLetters) {

    private static Truth of(JsonNode json) {
      Map<String, Long> dead = new TreeMap<>();
      json.get("deadLetters")
          .fields()
          .forEachRemaining(e -> dead.put(e.getKey(), e.getValue().asLong()));
      return new Truth(
          json.get("lines").asLong(),
          json.get("events").asLong(),
          json.get("duplicates").asLong(),
          dead);
    }

    private long dead() {
      return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Generates a seed's events into a folder. */
  public static GeneratedEvents of(Analysis<?> analysis, long seed, long count, Path folder)
      throws IOException {
    return of(
        analysis,
        seed,
        count,
        folder,
        List.of("--disorder=PT8S", "--duplicates=0.05", "--garbage=0.03"));
  }

  /** The same without faults: in the order of event time, each event once. */
  public static GeneratedEvents clean(Analysis<?> analysis, long seed, long count, Path folder)
      throws IOException {
    return of(
        analysis, seed, count, folder, List.of("--disorder=PT0S", "--duplicates=0", "--garbage=0"));
  }

  private static GeneratedEvents of(
      Analysis<?> analysis, long seed, long count, Path folder, List<String> faults)
      throws IOException {
    Map<Input<?>, Path> files = new LinkedHashMap<>();
    List<String> generate =
        new ArrayList<>(List.of("generate", analysis.name(), "--count=" + count, "--seed=" + seed));
    generate.addAll(faults);
    for (Input<?> input : analysis.inputs()) {
      Path file = folder.resolve("%s-%s-%d.jsonl".formatted(analysis.name(), input.name(), seed));
      files.put(input, file);
      generate.add("--out=" + input.name() + "=" + file);
    }
    Command.doneAnywhere(generate);
    Map<Input<?>, Truth> truths = new LinkedHashMap<>();
    for (Map.Entry<Input<?>, Path> file : files.entrySet()) {
      Path truth = Path.of(file.getValue() + ".truth.json");
      truths.put(file.getKey(), Truth.of(new ObjectMapper().readTree(truth.toFile())));
    }
    return new GeneratedEvents(files, Inputs.of(analysis, seed, count), truths);
  }

  /** The options of a run that reads all of them. */
  public List<String> read() {
    return files.entrySet().stream()
        .map(file -> "--events=" + file.getKey().name() + "=" + file.getValue())
        .toList();
  }

  /** The number of garbage lines over all inputs, by reason. */
  public Map<String, Long> deadLetters() {
    Map<String, Long> all = new TreeMap<>();
    truths
        .values()
        .forEach(
            truth -> truth.deadLetters.forEach((reason, n) -> all.merge(reason, n, Long::sum)));
    return all;
  }

  /** The expected ledgers of a run over all files, a line for each input. */
  public List<String> ledgers() {
    return truths.entrySet().stream()
        .map(
            e ->
                ("%s: read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d"
                        + " + filtered 0")
                    .formatted(
                        e.getKey().name(),
                        e.getValue().lines,
                        e.getValue().events,
                        e.getValue().dead(),
                        e.getValue().duplicates))
        .toList();
  }
}
