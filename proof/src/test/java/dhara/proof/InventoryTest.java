package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.RecordFields;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.inventory.StockCommand;
import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stock from commands: what was planted among them is found, and the view that is rebuilt from the
 * trail of changes is the view, in backfills and in a stream that also decides provisionally.
 */
@Isolated("it starts a process that takes both cores")
class InventoryTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> INVENTORY = Analysis.all().get("inventory");
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  @TempDir private Path folder;

  @Test
  void whatWasPlantedIsFoundAndNothingElse() throws IOException {
    int count = 6_000; // more than a quarter of an hour, so that reservations expire
    Map<String, Set<String>> planted = new TreeMap<>();
    INVENTORY
        .scenario()
        .events(5, count)
        .filter(given -> !given.planted().isEmpty())
        .forEach(
            given ->
                planted
                    .computeIfAbsent(given.planted(), what -> new TreeSet<>())
                    .add(given.event().id()));
    Path out = backfill("direct", GeneratedEvents.of(INVENTORY, 5, count, folder).read());

    Map<String, Set<String>> rejected = new TreeMap<>();
    Set<String> accepted = new TreeSet<>();
    for (JsonNode decision : rows(out.resolve("decisions"))) {
      if (decision.get("accepted").asBoolean()) {
        accepted.add(decision.get("id").asText());
      } else {
        rejected
            .computeIfAbsent(decision.get("reason").asText(), reason -> new TreeSet<>())
            .add(decision.get("id").asText());
      }
    }
    Set<String> tooFew = new TreeSet<>(planted.get("oversell"));
    tooFew.addAll(planted.get("short"));
    assertThat(
        rejected,
        is(
            Map.of(
                "INSUFFICIENT_STOCK", tooFew,
                "ALREADY_COMMITTED", planted.get("twice"),
                "ALREADY_EXPIRED", planted.get("too-late"),
                "UNKNOWN_ORDER", planted.get("unknown"))));
    assertThat(accepted.containsAll(planted.get("reversal")), is(true));

    Set<String> expired =
        rows(out.resolve("audit")).stream()
            .map(row -> row.get("id").asText())
            .filter(id -> id.endsWith("#expired"))
            .map(id -> id.replace("#expired", ""))
            .collect(toSet());
    assertThat(expired.containsAll(planted.get("expires")), is(true));
    assertThat(
        rows(out.resolve("low-stock")).stream().map(row -> row.get("id").asText()).collect(toSet()),
        is(planted.get("low")));
    for (JsonNode level : rows(out.resolve("stock"))) {
      assertThat(level.toString(), level.get("reserved").asLong() >= 0, is(true));
      assertThat(level.toString(), level.get("available").asLong() >= 0, is(true));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "flink"})
  void theViewRebuiltFromTheFilesOfTheTrailIsTheView(String engine) throws IOException {
    Path out = backfill(engine, GeneratedEvents.of(INVENTORY, 6, 3_000, folder).read());
    Path view = folder.resolve("view");

    Command.done(
        engine,
        List.of("inventory-view", "--events=" + out.resolve("audit"), "--answers=files:" + view));

    assertThat(lines(view.resolve("stock")), is(not(empty())));
    assertThat(lines(view.resolve("stock")), is(lines(out.resolve("stock"))));
  }

  @Test
  void aStreamSettlesDecisionsAndItsViewIsRebuiltFromTheTopicOfTheTrail() throws Exception {
    List<StockCommand> commands =
        List.of(
            command("c1", 1, Kind.RESERVE, "o1", new Line("tea", 103)), // before the stock comes
            command("c0", 0, Kind.RESTOCK, null, new Line("tea", 205), new Line("cup", 150)),
            command("c4", 4, Kind.CANCEL, "o2"), // before its order comes
            command("c3", 3, Kind.RESERVE, "o2", new Line("cup", 60)),
            command("c2", 2, Kind.RESERVE, "o3", new Line("cup", 1), new Line("tea", 103)),
            command("c5", 5, Kind.COMMIT, "o1"),
            command("c6", 6, Kind.RESERVE, "o4", new Line("cup", 20)), // nobody ends it
            command("c7", 7, Kind.COMMIT, "o1"));
    StockCommand closing =
        command("c8", 7_200, Kind.RESTOCK, null, new Line("tea", 1), new Line("cup", 1));
    Map<String, List<String>> expected =
        Oracle.settled(INVENTORY, Inputs.of(INVENTORY.inputs().get(0), commands), List.of());
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("commands", 1);
      kafka.createTopic("audit", 2);
      try (EmbeddedStream stream =
          EmbeddedStream.start(
              folder,
              List.of(
                  "inventory",
                  "--provisional=true",
                  "--events=" + kafka.uri("commands"),
                  "--answers=" + kafka.uri("audit"),
                  "--lateness=PT20S",
                  "--disorder=PT5S",
                  "--viewEvery=PT1S"))) {
        for (int i = 0; i < commands.size(); i++) {
          send(kafka, commands.get(i));
          int decided = i + 1;
          stream.follow(kafka, "audit-decisions", rows -> rows.size() >= decided, PATIENCE);
        }
        send(kafka, closing);
        for (String output : List.of("stock", "decisions", "low-stock")) {
          settles(stream, kafka, "audit-" + output, expected.get(output));
        }
        settles(stream, kafka, "audit", expected.get("audit"));
      }

      List<String> decisions = values(kafka, "audit-decisions");
      assertThat("at arrival", accepted(decisions, "c1"), is(List.of(false, true)));
      assertThat("at arrival", accepted(decisions, "c4"), is(List.of(false, true)));
      assertThat("unchanged", accepted(decisions, "c7"), is(List.of(false)));
      List<String> trail = values(kafka, "audit");
      assertThat("never revised", ids(trail).size(), is(trail.size()));
      assertThat(ids(trail), hasItem("c6#expired"));

      try (EmbeddedStream view =
          EmbeddedStream.start(
              folder,
              List.of(
                  "inventory-view",
                  "--events=" + kafka.uri("audit"),
                  "--answers=" + kafka.uri("view"),
                  "--lateness=PT1H", // two hours went by in a moment
                  "--viewEvery=PT1S"))) {
        settles(view, kafka, "view", expected.get("stock"));
      }
      Path backfilled = folder.resolve("backfilled");
      Command.done(
          "direct",
          List.of(
              "inventory-view",
              "--events=" + kafka.uri("audit") + "?end=latest",
              "--answers=files:" + backfilled));
      assertThat(SettledAnswers.in(backfilled.resolve("stock")), is(expected.get("stock")));
    }
  }

  private Path backfill(String engine, List<String> events) {
    Path out = folder.resolve("out");
    Command.done(
        engine,
        Command.line(List.of("inventory", "--effects=true", "--answers=files:" + out), events));
    return out;
  }

  private static StockCommand command(
      String id, long second, Kind kind, String order, Line... lines) {
    return new StockCommand(id, NINE.plusSeconds(second), "PNQ", kind, order, List.of(lines));
  }

  private static void send(EmbeddedKafka kafka, StockCommand command) {
    byte[] json = RecordFields.of(StockCommand.class).json(command);
    long unused = kafka.produce("commands", 0, Instant.now(), null, json);
  }

  /** Without the answers about the closing command. */
  private static void settles(
      EmbeddedStream stream, EmbeddedKafka kafka, String topic, List<String> expected) {
    List<String> rows = stream.follow(kafka, topic, all -> settled(all).equals(expected), PATIENCE);
    assertThat(topic, settled(rows), is(expected));
  }

  private static List<String> settled(List<String> rows) {
    try {
      return SettledAnswers.of(rows).stream().filter(row -> !row.contains("\"c8\"")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Boolean> accepted(List<String> decisions, String id) throws IOException {
    List<Boolean> accepted = new ArrayList<>();
    for (String row : decisions) {
      JsonNode json = JSON.readTree(row);
      if (json.get("id").asText().equals(id)) {
        accepted.add(json.get("accepted").asBoolean());
      }
    }
    return accepted;
  }

  private static Set<String> ids(List<String> rows) throws IOException {
    Set<String> ids = new TreeSet<>();
    for (String row : rows) {
      ids.add(JSON.readTree(row).get("id").asText());
    }
    return ids;
  }

  private static List<String> values(EmbeddedKafka kafka, String topic) {
    return kafka.readAll(topic).stream()
        .map(ConsumerRecord::value)
        .map(value -> new String(value, UTF_8))
        .toList();
  }

  private static List<JsonNode> rows(Path answers) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String row : SettledAnswers.in(answers)) {
      rows.add(JSON.readTree(row));
    }
    return rows;
  }

  /** The lines of all files, to the byte except for the revision, which is the time of the run. */
  private static List<String> lines(Path answers) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(answers)) {
      for (Path file : files.filter(f -> !f.getFileName().toString().startsWith("_")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream().map(line -> line.replaceAll("\"revision\":\\d+,", "")).sorted().toList();
  }
}
