package dhara.benchmarks.kafka;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import dhara.benchmarks.playback.PlaybackJob;
import java.util.List;

/** Whole jobs from a real broker. */
@AutoService(Suite.class)
public final class KafkaSuite implements Suite {

  private static final Entrant FLINK =
      new Entrant(
          "flink",
          "a DataStream program, tuned: Flink's own Kafka source, a parser by hand in its"
              + " deserializer, a watermark for each partition, object reuse, a serializer by hand,"
              + " Flink's windows with an AggregateFunction",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkFromKafka$Windows");
  private static final Entrant FLINK_PRE_AGGREGATED =
      new Entrant(
          "flink-preaggregated",
          "the same, with an operator of its own that adds events up before the shuffle: what Dhara"
              + " does, without Beam",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkFromKafka$PreAggregated");
  private static final Entrant DHARA =
      new Entrant(
          "dhara",
          "Dhara's whole pipeline as its command runs it, on Flink: dead letters, late events and"
              + " ledger, answers written to a topic; --unique=false, for the others do not look for"
              + " duplicates either",
          ClassPath.FLINK,
          DharaFromKafka.class.getName());
  private static final Entrant STREAMS =
      new Entrant(
          "kafka-streams",
          "a Kafka Streams program, tuned: two threads, no shuffle (records have their title as key),"
              + " parser and serializer by hand, windows in memory under a cache, commits every 10 s",
          ClassPath.PLAIN,
          KafkaStreamsWindows.class.getName());
  private static final Entrant BEAM_DOCUMENTED =
      new Entrant(
          "beam-documented",
          "Beam as its guides show it: KafkaIO.read() of strings with withCreateTime, databind,"
              + " serializable classes, Combine.perKey, default options",
          ClassPath.FLINK,
          BeamFromKafka.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public KafkaSuite() {}

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public int order() {
    return 2;
  }

  @Override
  public List<Work> works() {
    return List.of(
        Work.of(
                "kafka-few-keys",
                "From a topic of a real broker, four partitions, from its start until all events are"
                    + " in answers: 120 titles, windows of a minute. The broker is a process of its"
                    + " own on the same machine; what it costs is in the time, not in the processor"
                    + " time.",
                3_000_000,
                PlaybackJob.parameters("stream", "title", 120, 5000),
                List.of(FLINK, DHARA, FLINK_PRE_AGGREGATED, STREAMS, BEAM_DOCUMENTED))
            .in(new PlaybackTopic()));
  }
}
