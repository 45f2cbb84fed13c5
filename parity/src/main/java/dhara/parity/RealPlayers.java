package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real video sessions of mobile networks: how well they play, and how many play at once. */
interface RealPlayers {

  /** The chunks of a network and signal, added up. */
  final class Chunks {

    private final List<String> sessions = new ArrayList<>();
    private double kilobits;
    private double playedMillis;
    private double stalledMillis;

    /**
     * As simulations of adaptive streaming count: the level of the buffer falls while a chunk is
     * loaded, and rises with it; below zero it stalls.
     */
    private void add(String name, List<String> lines) {
      sessions.add(name);
      double chunk = name.contains("_2s-") ? 2_000 : 4_000;
      double level = Double.NaN;
      for (int i = 2; i < lines.size(); i++) {
        List<String> cells = RealData.cells(lines.get(i));
        double delivery = Math.rint(1_000 * Double.parseDouble(cells.get(6)));
        if (Double.isNaN(level)) {
          level = 0;
        } else {
          level = Math.min(level, (double) LumosSessions.HELD_MILLIS - chunk) - delivery;
          stalledMillis += Math.max(0, -level);
        }
        level = Math.max(0, level) + chunk;
        playedMillis += chunk;
        kilobits += chunk * Double.parseDouble(cells.get(3));
      }
    }
  }

  @Test
  default void theQualityOfMobileSessionsEqualsANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Map<String, Chunks> places = new TreeMap<>();
    for (Path file : sessions(folder)) {
      String name = file.getFileName().toString();
      // time-bandwidth-network-signal-video-algorithm
      String[] parts = name.split("-", -1);
      places
          .computeIfAbsent(parts[3] + " " + parts[2], place -> new Chunks())
          .add(name, Files.readAllLines(file));
    }
    Path csv = folder.resolve("sessions.csv");
    LumosSessions.prepare(folder.resolve("lumos"), csv);

    // A thousand days from 2019-04-14 on hold all sessions.
    List<String> quality = answers("playback-quality", csv, folder, "--window=P1000D").get(0);

    assertThat(quality.size(), is(places.size()));
    for (String answer : quality) {
      JsonNode row = new ObjectMapper().readTree(answer);
      String place = row.get("region").asText() + " " + row.get("device").asText();
      Chunks of = places.get(place);
      System.err.printf(
          "%s: sessions %d, buffering ratio %s, mean bitrate %s kbit/s%n",
          place, of.sessions.size(), row.get("buffering_ratio"), row.get("mean_bitrate_kbps"));
      assertThat(place, row.get("viewers").asInt(), is(of.sessions.size()));
      assertThat(place, row.get("played_millis").asDouble(), is(of.playedMillis));
      assertThat(place, row.get("stalled_millis").asDouble(), is(of.stalledMillis));
      assertThat(
          place,
          row.get("buffering_ratio").asDouble(),
          is(of.stalledMillis / (of.playedMillis + of.stalledMillis)));
      assertThat(place, row.get("mean_bitrate_kbps").asDouble(), is(of.kilobits / of.playedMillis));
    }
  }

  @Test
  default void theMinutesAndAudiencesOfMobileSessionsAreThoseOfTheOracles(@TempDir Path folder)
      throws IOException {
    int sessions = sessions(folder).size();
    Path csv = folder.resolve("sessions.csv");
    LumosSessions.prepare(folder.resolve("lumos"), csv);

    List<String> alerts =
        answers("playback-quality", csv, folder, "--leastViewers=1", "--effects=true").get(1);
    List<String> audience = answers("viewership", csv, folder, "--goneAfter=PT1M").get(1);
    List<String> performance = answers("content-performance", csv, folder, "--since=ever").get(0);

    long most = 0;
    for (String level : audience) {
      most = Math.max(most, new ObjectMapper().readTree(level).get("peak").asLong());
    }
    long starts = 0;
    for (String content : performance) {
      starts += new ObjectMapper().readTree(content).get("starts").asLong();
    }
    System.err.printf(
        "sessions: %d, alerts: %d, audiences: %d, most at once: %d%n",
        sessions, alerts.size(), audience.size(), most);
    assertThat(starts, is((long) sessions));
  }

  /** The answers of all outputs in the order of their names' declaration, equal to the oracle's. */
  private static List<List<String>> answers(String name, Path csv, Path folder, String... options)
      throws IOException {
    List<Playback> events = events(csv);
    Analysis<?> analysis = Analysis.all().get(name);
    Path out = folder.resolve("out").resolve(name + options.length);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                name,
                "--events=" + csv,
                "--map=" + RealData.repository().resolve("mappings/lumos-sessions.map"),
                "--answers=files:" + out));
    arguments.addAll(List.of(options));

    Command run = Command.done(arguments);

    assertThat(
        run.err(),
        containsString(
            "read %,d = aggregated %,d + dead-lettered 0 + late 0 + duplicate 0 "
                .formatted(events.size(), events.size())));
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), events), List.of(options));
    List<List<String>> answers = new ArrayList<>();
    for (var output : analysis.outputs()) {
      List<String> expected = oracle.get(output.name());
      if (!output.acts() || List.of(options).contains("--effects=true")) {
        assertThat(output.name(), SettledAnswers.in(out.resolve(output.name())), is(expected));
      }
      answers.add(expected);
    }
    return answers;
  }

  private static List<Playback> events(Path csv) throws IOException {
    List<Playback> events = new ArrayList<>();
    List<String> lines = Files.readAllLines(csv);
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = RealData.cells(line);
      events.add(
          new Playback(
              String.join("/", cells.get(0), cells.get(1), cells.get(2)),
              Instant.parse(cells.get(2)),
              cells.get(0),
              cells.get(3),
              null,
              Kind.valueOf(cells.get(1)),
              null,
              number(cells.get(7)),
              number(cells.get(6)),
              number(cells.get(8)),
              null,
              cells.get(5),
              cells.get(4),
              null,
              null,
              null));
    }
    return events;
  }

  private static @Nullable Long number(String cell) {
    return cell.isEmpty() ? null : Long.valueOf(cell);
  }

  /** Unpacks the sessions into the folder {@code lumos}. */
  private static List<Path> sessions(Path folder) throws IOException {
    Path archive = RealData.data().resolve("lumos_abr/lumos_sessions.tar.gz");
    Path out = Files.createDirectories(folder.resolve("lumos"));
    try (DataInputStream tar =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
      byte[] header = new byte[512];
      for (tar.readFully(header); header[0] != 0; tar.readFully(header)) {
        String name = field(header, 0, 100);
        int size = Integer.parseInt(field(header, 124, 12), 8);
        byte[] content = new byte[size];
        tar.readFully(content);
        tar.skipNBytes((512 - size % 512) % 512);
        if (name.endsWith(".csv")) {
          Files.write(out.resolve(Path.of(name).getFileName()), content);
        }
      }
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.sorted().toList();
    }
  }

  private static String field(byte[] header, int from, int length) {
    return new String(header, from, length, StandardCharsets.US_ASCII).replace("\0", "").trim();
  }
}
