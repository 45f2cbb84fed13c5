package dhara.tools.replay;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.oneOf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.cli.Arguments;
import dhara.connectors.TimeBounds;
import dhara.connectors.kafka.TopicWriter;
import dhara.events.DeadLetter.Reason;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.tools.replay.ReplayRecord.Kind;
import dhara.tools.replay.Tides.Reading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replay sends, without a broker: an event a second of 20 harbours, over 4 partitions. */
class ReplayPlanTest {

  private static final String ALL =
      "--disorder=PT8S --duplicates=0.1 --late=0.1 --lateBy=PT5M --garbage=0.05 --farFuture=0.03"
          + " --farPast=0.03 --idlePartition --unwrittenPartition --closing=PT1H";
  private static final int PARTITIONS = 4;
  private static final Instant START = Instant.ofEpochSecond(1_000_000_000);
  private static final TimeBounds BOUNDS =
      new TimeBounds(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));

  /** The records sent, in order, and the truth file. */
  private record Replayed(List<ReplayRecord> records, JsonNode truth, List<String> warnings) {

    List<ReplayRecord> of(int partition) {
      return records.stream().filter(r -> r.partition() == partition).toList();
    }

    List<ReplayRecord> of(Kind kind) {
      return records.stream().filter(r -> r.kind() == kind).toList();
    }
  }

  @Test
  void withoutFaultsTheArchiveGoesOutAsItIs() throws IOException {
    List<Reading> archive = readings(500);
    Collections.shuffle(archive, new Random(1));

    Replayed replayed = replay(archive, "");

    assertThat(texts(replayed), is(archive.stream().map(r -> text(Tides.line(r))).toList()));
    assertThat(replayed.truth.get("events").asLong(), is(500L));
    assertThat(replayed.truth.get("records").asLong(), is(500L));
    assertThat(replayed.truth.get("closingIds").size(), is(0));
  }

  @Test
  void keysGoWhereKafkasProducersSendThem() throws IOException {
    for (ReplayRecord record : replay(readings(500), "").records) {
      assertThat(record.partition(), is(TopicWriter.partition(record.key(), PARTITIONS)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--disorder=PT8S", "--disorder=PT8S --duplicates=0.2", ALL})
  void disorderStaysWithinItsBoundOnEachPartition(String faults) throws IOException {
    // The archive itself is out of order, by less than what is sorted.
    List<Reading> archive = new ArrayList<>(readings(3_000));
    for (int i = 0; i + 8 < archive.size(); i += 8) {
      Collections.shuffle(archive.subList(i, i + 8), new Random(i));
    }

    Replayed replayed = replay(archive, faults);

    long worst = worstMicros(replayed);
    assertThat(worst, is(greaterThan(4_000_000L)));
    assertThat(worst, is(lessThan(8_000_000L)));
    assertThat(
        Duration.parse(replayed.truth.get("worstDisorder").asText()).toNanos() / 1_000, is(worst));
    assertThat(replayed.truth.get("outOfOrder").asLong(), is(0L));
  }

  @Test
  void whatTheArchiveItselfHasOutOfOrderIsCounted() throws IOException {
    List<Reading> archive = new ArrayList<>(readings(600));
    Collections.rotate(archive, 60);

    Replayed replayed = replay(archive, "--disorder=PT8S");

    assertThat(replayed.truth.get("outOfOrder").asLong(), is(greaterThan(300L)));
    assertThat(replayed.truth.get("records").asLong(), is(600L));
  }

  @Test
  void anArchiveThatIsTooShortForLateEventsIsTold() throws IOException {
    assertThat(
        replay(readings(600), "--late=0.1 --lateBy=PT30M").warnings,
        is(
            List.of(
                "--late=0.1: no event is late: the archive spans PT9M59S, and none of a partition"
                    + " is newer by --lateBy=PT30M; give a shorter one")));
    assertThat(replay(readings(600), "--late=0.1 --lateBy=PT2M").warnings, is(List.of()));
    assertThat(replay(readings(600), "").warnings, is(List.of()));
  }

  @Test
  void copiesWithoutDisorderComeWithinASecond() throws IOException {
    Replayed replayed = replay(readings(3_000), "--duplicates=0.2");

    assertThat(replayed.of(Kind.DUPLICATE).size(), is(greaterThan(500)));
    assertThat(worstMicros(replayed), is(lessThan(1_000_001L)));
    Map<String, ReplayRecord> first = new HashMap<>();
    for (ReplayRecord record : replayed.records) {
      ReplayRecord other = first.putIfAbsent(record.id(), record);
      if (other != null) {
        assertThat(text(record.bytes()), is(text(other.bytes())));
        assertThat(record.partition(), is(other.partition()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--late=0.1 --lateBy=PT5M", ALL})
  void aLateEventIsLateOnItsOwnPartition(String faults) throws IOException {
    Replayed replayed = replay(readings(5_000), faults);

    long[] newest = new long[PARTITIONS];
    Set<String> late = new HashSet<>();
    for (ReplayRecord record : replayed.records) {
      if (record.kind() == Kind.LATE) {
        assertThat(newest[record.partition()] - record.at() >= 300_000_000L, is(true));
        late.add(record.id());
      } else if (record.kind() == Kind.HELD_BACK) {
        assertThat(newest[record.partition()] - record.at() < 300_000_000L, is(true));
      }
      if (!record.kind().garbage()) {
        newest[record.partition()] = Math.max(newest[record.partition()], record.at());
      }
    }
    assertThat(late.size(), is(greaterThan(200)));
    assertThat(texts(replayed.truth.get("lateIds")), is(late));
    assertThat(replayed.truth.get("late").asInt(), is(late.size()));
    assertThat(replayed.truth.get("heldBack").asInt(), is(greaterThan(0)));
    // Nobody else sends a late event.
    Set<String> inTime = new HashSet<>();
    replayed.records.stream().filter(r -> r.kind().inTime()).forEach(r -> inTime.add(r.id()));
    assertThat(Collections.disjoint(inTime, late), is(true));
  }

  @Test
  void anEventThatTheArchiveHoldsTwiceIsNeverLate() throws IOException {
    List<Reading> archive = readings(2_000).stream().flatMap(r -> Stream.of(r, r)).toList();

    Replayed replayed = replay(archive, "--late=0.2 --lateBy=PT5M");

    assertThat(replayed.truth.get("late").asLong(), is(0L));
    assertThat(replayed.truth.get("events").asLong(), is(2_000L));
    assertThat(replayed.truth.get("archiveDuplicates").asLong(), is(2_000L));
    assertThat(replayed.truth.get("records").asLong(), is(4_000L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--disorder=PT8S",
        "--duplicates=0.1",
        "--late=0.1 --lateBy=PT5M",
        "--garbage=0.1",
        "--farFuture=0.1",
        "--farPast=0.1",
        "--idlePartition",
        "--unwrittenPartition",
        "--closing=PT1H",
        ALL
      })
  void theTruthIsWhatWasSent(String faults) throws IOException {
    Replayed replayed = replay(readings(3_000), faults);

    EventParser<Reading> parser = JsonFormat.of(Reading.class, Mapping.none()).parser();
    Map<String, Long> dead = new TreeMap<>();
    Map<String, Integer> ids = new HashMap<>();
    long[] partitions = new long[PARTITIONS];
    for (ReplayRecord record : replayed.records) {
      partitions[record.partition()]++;
      try {
        Reading reading = parser.parse(record.bytes(), 0, record.bytes().length);
        BOUNDS.check(reading.at(), System.currentTimeMillis());
        ids.merge(reading.id(), 1, Integer::sum);
      } catch (BadEvent e) {
        dead.merge(e.reason().name(), 1L, Long::sum);
      }
    }
    JsonNode truth = replayed.truth;
    Map<String, Long> said = new TreeMap<>();
    truth.get("deadLetters").fields().forEachRemaining(e -> said.put(e.getKey(), longOf(e)));
    assertThat(dead, is(said));
    long closing = truth.get("closing").asLong();
    assertThat((long) ids.size(), is(truth.get("events").asLong() + closing));
    assertThat(truth.get("events").asLong(), is(3_000L));
    long copies = ids.values().stream().filter(n -> n == 2).count();
    assertThat(copies, is(truth.get("duplicates").asLong()));
    assertThat((long) replayed.records.size(), is(truth.get("records").asLong()));
    for (int p = 0; p < PARTITIONS; p++) {
      assertThat(truth.get("partitions").get(p).asLong(), is(partitions[p]));
    }
  }

  @Test
  void oneSeedPlantsTheSameFaultsAgain() throws IOException {
    List<String> once = texts(replay(readings(2_000), ALL + " --seed=7"));

    assertThat(texts(replay(readings(2_000), ALL + " --seed=7")), is(once));
    assertThat(texts(replay(readings(2_000), ALL + " --seed=8")), is(not(once)));
  }

  @Test
  void toSwitchAFaultOnChoosesNoOtherEventsForAnother() throws IOException {
    String late = "--late=0.05 --lateBy=PT1M";

    assertThat(
        texts(
            replay(readings(2_000), late + " --duplicates=0.2 --garbage=0.2").truth.get("lateIds")),
        is(texts(replay(readings(2_000), late).truth.get("lateIds"))));
  }

  @Test
  void anIdlePartitionFallsSilentAfterAFewEventsAndAnUnwrittenOneGetsNone() throws IOException {
    Replayed replayed = replay(readings(5_000), ALL);

    assertThat(replayed.truth.get("idlePartition").asInt(), is(2));
    assertThat(replayed.truth.get("unwrittenPartition").asInt(), is(3));
    assertThat(replayed.of(3).size(), is(0));
    List<ReplayRecord> idle = replayed.of(2);
    assertThat(idle.stream().filter(r -> r.kind() == Kind.EVENT).count(), is(10L));
    assertThat(
        idle.stream().map(ReplayRecord::kind).toList(),
        everyItem(oneOf(Kind.EVENT, Kind.DUPLICATE, Kind.GARBAGE, Kind.CLOSING)));
    long silentFrom =
        idle.stream()
            .filter(r -> r.kind() == Kind.EVENT)
            .mapToLong(r -> r.at())
            .max()
            .orElseThrow();
    assertThat(silentFrom, is(lessThan(ReplayRecord.micros(START.plusSeconds(600)))));
  }

  @Test
  void everyWrittenPartitionEndsInAnEventThatClosesTheOthers() throws IOException {
    Replayed replayed = replay(readings(5_000), ALL);

    List<ReplayRecord> last =
        replayed.records.subList(replayed.records.size() - 3, replayed.records.size());
    assertThat(
        last.stream().map(r -> r.partition() + " " + r.id()).toList(),
        contains("0 closing-0", "1 closing-1", "2 closing-2"));
    String at = START.plusSeconds(4_999).plus(Duration.ofHours(1)).toString();
    for (ReplayRecord record : last) {
      JsonNode json = new ObjectMapper().readTree(record.bytes());
      assertThat(json.get("at").asText(), is(at));
      assertThat(json.get("id").asText(), is(record.id()));
    }
  }

  @Test
  void linesThatAreNoEventsGoOutAsTheyAre() throws IOException {
    List<ReplayRecord> sent = new ArrayList<>();
    ReplayFaults faults = faults("");
    ReplayPlan<Reading> plan = plan(faults, new ReplayPartitions(2, faults), sent::add);

    plan.garbage(Reason.MALFORMED, "?".getBytes(StandardCharsets.UTF_8));
    plan.event(readings(1).get(0), new byte[0]);
    plan.garbage(Reason.EMPTY, new byte[0]);
    plan.end();
    plan.close(plan.frontier());

    assertThat(
        sent.stream().map(r -> r.kind() + " " + r.partition() + " " + r.reason()).toList(),
        contains(
            "ARCHIVE_GARBAGE 0 MALFORMED",
            "EVENT " + sent.get(1).partition() + " null",
            "ARCHIVE_GARBAGE 1 EMPTY"));
  }

  @Test
  void eventTimeGoesByAsManyTimesAsFast() {
    assertThat(Pace.dueNanos(60_000_000, 60), is(1_000_000_000L));
    assertThat(Pace.dueNanos(1_000_000, 0.5), is(2_000_000_000L));
  }

  private static long longOf(Map.Entry<String, JsonNode> entry) {
    return entry.getValue().asLong();
  }

  /** How far an event in time came after a newer one of its partition, at most. */
  private static long worstMicros(Replayed replayed) {
    long[] newest = new long[PARTITIONS];
    Arrays.fill(newest, ReplayPlan.START);
    long worst = 0;
    for (ReplayRecord record : replayed.records) {
      if (record.kind().inTime()) {
        worst = Math.max(worst, newest[record.partition()] - record.at());
        newest[record.partition()] = Math.max(newest[record.partition()], record.at());
      }
    }
    return worst;
  }

  private static Replayed replay(List<Reading> archive, String options) throws IOException {
    ReplayFaults faults = faults(options);
    ReplayPartitions partitions = new ReplayPartitions(PARTITIONS, faults);
    List<ReplayRecord> sent = new ArrayList<>();
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    List<String> warnings;
    try (ReplayTruth truth = new ReplayTruth(faults, partitions)) {
      ReplayPlan<Reading> plan =
          plan(
              faults,
              partitions,
              record -> {
                sent.add(record);
                truth.sent(record);
              });
      for (Reading reading : archive) {
        plan.event(reading, Tides.line(reading));
      }
      plan.end();
      plan.close(plan.frontier());
      warnings = truth.warnings();
      try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
        generator.writeStartObject();
        truth.write(generator);
        generator.writeEndObject();
      }
    }
    return new Replayed(sent, new ObjectMapper().readTree(json.toByteArray()), warnings);
  }

  private static ReplayPlan<Reading> plan(
      ReplayFaults faults, ReplayPartitions partitions, ReplayPlan.Sender sender) {
    return new ReplayPlan<>(
        faults,
        partitions,
        new ReplayLines(Tides::line, true, Mapping.none(), false),
        RecordKey.of(Reading.class, "harbour"),
        sender);
  }

  private static ReplayFaults faults(String options) {
    Arguments known = Arguments.ofVerb("replay", "", ReplayOptions.class);
    List<String> given =
        Stream.of(("--events=a --to=b " + options).split(" ")).map(String::strip).toList();
    return ReplayFaults.of(known.build(ReplayOptions.class, known.parse(given), List.of()));
  }

  private static List<Reading> readings(int count) {
    return new ArrayList<>(
        IntStream.range(0, count)
            .mapToObj(i -> new Reading("r" + i, START.plusSeconds(i), "harbour " + i * 7 % 20, i))
            .toList());
  }

  private static List<String> texts(Replayed replayed) {
    return replayed.records.stream().map(r -> text(r.bytes())).toList();
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new HashSet<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
