package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.iot.SensorReading;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The health of real sensors: of an office, each minute for some weeks, and the series of the
 * Numenta Anomaly Benchmark. Their files have a column for each sensor, or a sensor in the name of
 * the file, so they are written as readings first.
 */
interface RealSensors {

  DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  @Test
  default void theHealthOfAnOfficesSensorsEqualsANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    String[] sensors = {"temperature", "humidity", "light", "co2", "humidity_ratio"};
    List<SensorReading> readings = new ArrayList<>();
    for (String file : List.of("datatest.txt", "datatraining.txt", "datatest2.txt")) {
      List<String> lines = Files.readAllLines(RealData.data().resolve("occupancy/" + file));
      for (String line : lines.subList(1, lines.size())) {
        List<String> cells = RealData.cells(line);
        for (int i = 0; i < sensors.length; i++) {
          readings.add(
              reading(file + "/" + cells.get(0), cells.get(1), sensors[i], cells.get(2 + i)));
        }
      }
    }
    // Light and CO2 are above 100 most of the time.
    healthEquals(readings, folder, "--above=1500", "--missingAfter=PT5M");
  }

  @Test
  default void theHealthOfBenchmarkSeriesEqualsANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    List<SensorReading> readings = new ArrayList<>();
    try (Stream<Path> files = Files.walk(RealData.data().resolve("nab/data"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        String sensor = file.getFileName().toString().replace(".csv", "");
        List<String> lines = Files.readAllLines(file);
        for (int i = 1; i < lines.size(); i++) {
          String[] cells = lines.get(i).split(",", -1);
          readings.add(reading("%06d".formatted(i), cells[0], sensor, cells[1]));
        }
      }
    }
    healthEquals(
        readings,
        folder,
        "--window=PT1H",
        "--baseline=200",
        "--flatAfter=PT6H",
        "--missingAfter=PT2H");
  }

  private static SensorReading reading(String id, String at, String sensor, String value) {
    return new SensorReading(
        sensor + "/" + id,
        LocalDateTime.parse(at, TIME).toInstant(ZoneOffset.UTC),
        sensor,
        Double.parseDouble(value));
  }

  private static void healthEquals(List<SensorReading> readings, Path folder, String... options)
      throws IOException {
    Path csv = folder.resolve("readings.csv");
    List<String> lines = new ArrayList<>();
    lines.add("id,at,sensor,value");
    for (SensorReading of : readings) {
      Instant at = of.at();
      lines.add("%s,%s,%s,%s".formatted(of.id(), at, of.sensor(), of.value()));
    }
    Files.write(csv, lines);
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            Stream.concat(
                    Stream.of("sensor-health", "--events=" + csv, "--answers=files:" + out),
                    Stream.of(options))
                .toList());

    // Every line is a reading: nothing is dead, late or twice.
    assertThat(
        run.err(),
        containsString("read %,d = aggregated %,d ".formatted(readings.size(), readings.size())));
    Analysis<?> analysis = Analysis.all().get("sensor-health");
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), readings), List.of(options));
    Map<String, Integer> found = new TreeMap<>();
    for (String anomaly : oracle.get("anomalies")) {
      found.merge(new ObjectMapper().readTree(anomaly).get("detector").asText(), 1, Integer::sum);
    }
    System.err.printf("readings: %,d, anomalies: %s%n", readings.size(), found);
    for (String output : List.of("health", "anomalies")) {
      assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
    }
  }
}
