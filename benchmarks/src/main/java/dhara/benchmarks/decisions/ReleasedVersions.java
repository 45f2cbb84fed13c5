package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The releases of a model that a measurement makes: those before it, and the one that replaces them
 * while it runs, if one does.
 *
 * @param before in the order of their times; the last of them is in force from the start
 * @param swapped released in the middle of the measured time; empty for none
 */
record ReleasedVersions(List<ObjectNode> before, List<ObjectNode> swapped) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The releases of a folder.
   *
   * @param folder what {@code train --publish} wrote: files of a release a line
   * @param swap whether the last of them is held back
   * @throws IllegalArgumentException if there are too few
   */
  static ReleasedVersions in(Path folder, boolean swap) throws IOException {
    List<ObjectNode> all = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          all.add((ObjectNode) JSON.readTree(line));
        }
      }
    }
    all.sort(Comparator.comparing(release -> Instant.parse(text(release, "at"))));
    if (all.size() < (swap ? 2 : 1)) {
      throw new IllegalArgumentException(
          "--models=%s: has %d release(s), and %s; train --publish adds one"
              .formatted(folder, all.size(), swap ? "--swap needs two" : "one is needed"));
    }
    int held = swap ? all.size() - 1 : all.size();
    return new ReleasedVersions(
        List.copyOf(all.subList(0, held)), List.copyOf(all.subList(held, all.size())));
  }

  /**
   * The names of the versions that are in force: from the start and, if there is one, the other.
   */
  List<String> versions() {
    return Stream.concat(Stream.of(before.get(before.size() - 1)), swapped.stream())
        .map(release -> text(release, "version"))
        .toList();
  }

  /** The records of the releases before the measurement. */
  List<byte[]> recordsBefore() {
    return before.stream().map(ReleasedVersions::bytes).toList();
  }

  /**
   * The records of the one that replaces them, if there is one.
   *
   * @param at from when on it is offered
   */
  List<byte[]> recordsSwapped(Instant at) {
    return swapped.stream()
        .map(release -> bytes(release.deepCopy().put("at", at.toString())))
        .toList();
  }

  private static byte[] bytes(JsonNode release) {
    try {
      return JSON.writeValueAsBytes(release);
    } catch (IOException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static String text(JsonNode release, String field) {
    JsonNode value = release.get(field);
    if (value == null) {
      throw new IllegalArgumentException("--models: a release lacks its field " + field);
    }
    return value.asText();
  }
}
