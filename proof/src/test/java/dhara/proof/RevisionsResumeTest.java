package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.pipelines.Analysis;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.flink.KeptCheckpoints;
import dhara.transforms.revision.Revision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream on an embedded Flink that answers early and often is killed amid its answers, twice from
 * the same checkpoint: the revisions of each key and window rise with the offsets all the same, and
 * the last is the oracle's answer.
 */
@Isolated("it starts processes, each of which takes both cores")
class RevisionsResumeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;

  @Test
  void theRevisionsOfAKeyRiseWithItsOffsetsThoughTheStreamIsKilledTwiceFromOneCheckpoint()
      throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      Replayed replayed =
          Replayed.of(
              kafka,
              folder,
              Analysis.all().get("order-metrics"),
              "all",
              5,
              1_500,
              List.of("--disorder=PT8S", "--late=0.03", "--lateBy=PT2M", "--duplicates=0.05"));
      List<ConsumerRecord<byte[], byte[]>> all = kafka.readAll("all");
      kafka.createTopic("events", 4);
      Path checkpoints = folder.resolve("checkpoints");
      List<String> arguments =
          List.of(
              "order-metrics",
              "--events=" + kafka.uri("events"),
              "--answers=" + kafka.uri("answers"),
              "--disorder=PT10S",
              "--lateness=PT20S",
              "--idleAfter=PT1H",
              "--early=PT0.2S",
              "--checkpoints=" + checkpoints);
      try (EmbeddedStream stream =
          EmbeddedStream.start(folder, with(arguments, "--checkpointingInterval=500"))) {
        copy(kafka, all, 0);
        stream.follow(kafka, "answers", rows -> rows.size() > 20, PATIENCE);
        new KeptCheckpoints(checkpoints).awaitNext(PATIENCE);
      }
      for (int kill = 1; kill <= 2; kill++) {
        int before = kafka.readAll("answers").size();
        try (EmbeddedStream stream =
            EmbeddedStream.start(
                folder,
                with(arguments, "--resume=" + checkpoints, "--checkpointingInterval=3600000"))) {
          copy(kafka, all, kill);
          stream.follow(kafka, "answers", rows -> rows.size() > before + 10, PATIENCE);
        }
      }
      try (EmbeddedStream stream =
          EmbeddedStream.start(folder, with(arguments, "--resume=" + checkpoints))) {
        copy(kafka, all, 3);
        new Settling(kafka, stream).check(Analysis.all().get("order-metrics"), replayed, "answers");
        stream.end();
      }
      Map<String, List<Long>> revisions = Upserts.in(kafka, "answers").revisions();
      assertThat("nothing else was tested", revisions.size(), is(greaterThan(30)));
      assertThat(
          revisions.entrySet().stream().filter(key -> !rise(key.getValue())).toList(), empty());
      long latest =
          revisions.values().stream().mapToLong(key -> key.get(key.size() - 1)).max().getAsLong();
      assertThat(latest / Revision.COUNTS, is(lessThanOrEqualTo(Instant.now().toEpochMilli())));
      assertThat(Upserts.in(kafka, "answers").unclear(replayed.newest()), is(empty()));
    }
  }

  private static boolean rise(List<Long> revisions) {
    for (int i = 1; i < revisions.size(); i++) {
      if (revisions.get(i) <= revisions.get(i - 1)) {
        return false;
      }
    }
    return true;
  }

  /** A quarter of the records of each partition. */
  private static void copy(
      EmbeddedKafka kafka, List<ConsumerRecord<byte[], byte[]>> all, int quarter) {
    long[] sizes = new long[4];
    all.forEach(record -> sizes[record.partition()]++);
    kafka.produce(
        all.stream()
            .filter(record -> record.offset() * 4 / sizes[record.partition()] == quarter)
            .map(
                record ->
                    EmbeddedKafka.record(
                        "events",
                        record.partition(),
                        Instant.ofEpochMilli(record.timestamp()),
                        record.key(),
                        record.value()))
            .toList());
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }
}
