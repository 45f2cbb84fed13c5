package dhara.benchmarks.backfill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.benchmarks.harness.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a contestant answered: the JSON lines of its output folders, however they are divided into
 * files and ordered. The checksum is the sum of a hash of each line in a canonical form: fields by
 * name, without nulls, and without the revision, which only Dhara has.
 *
 * @param folder the answers, a folder for each output
 */
record AnswerFolder(Path folder) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REVISION = "revision";

  /** Takes lines. */
  private interface Lines {
    void line(String line) throws IOException;
  }

  /**
   * What is in it.
   *
   * @param events how many events were read
   */
  Outcome outcome(long events) throws IOException {
    MessageDigest digest = sha256();
    long[] sums = new long[2];
    for (String output : Backfill.OUTPUTS) {
      each(
          output,
          line -> {
            String canonical = output + canonical(JSON.readTree(line));
            byte[] hash = digest.digest(canonical.getBytes(StandardCharsets.UTF_8));
            sums[0]++;
            sums[1] += ByteBuffer.wrap(hash).getLong();
          });
    }
    return new Outcome(events, sums[0], sums[1]);
  }

  /** The ledger's only record. */
  JsonNode ledger() throws IOException {
    JsonNode[] found = new JsonNode[1];
    each("ledger", line -> found[0] = JSON.readTree(line));
    if (found[0] == null) {
      throw new IOException(folder.resolve("ledger") + " holds no ledger");
    }
    return found[0];
  }

  private void each(String output, Lines lines) throws IOException {
    Path outputs = folder.resolve(output);
    if (!Files.isDirectory(outputs)) {
      throw new IOException("there are no answers in " + outputs);
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(outputs)) {
      // Engines leave marks and checksums of their own.
      files = all.filter(file -> !file.getFileName().toString().matches("[._].*")).toList();
    }
    for (Path file : files) {
      try (BufferedReader reader = Files.newBufferedReader(file)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines.line(line);
        }
      }
    }
  }

  private static String canonical(JsonNode node) {
    if (node instanceof ObjectNode object) {
      TreeMap<String, String> fields = new TreeMap<>();
      object
          .fields()
          .forEachRemaining(
              field -> {
                if (!field.getValue().isNull() && !field.getKey().equals(REVISION)) {
                  fields.put(field.getKey(), canonical(field.getValue()));
                }
              });
      return fields.toString();
    }
    if (node instanceof ArrayNode array) {
      StringBuilder elements = new StringBuilder("[");
      array.forEach(element -> elements.append(canonical(element)).append(';'));
      return elements.append(']').toString();
    }
    return node.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
