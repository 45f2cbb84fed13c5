package dhara.benchmarks.playback;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whole jobs over playback events: many events become few answers, or many. */
@AutoService(Suite.class)
public final class PlaybackSuite implements Suite {

  private static final String FLINK = "dhara.benchmarks.flink.";
  private static final String SPARK = "dhara.benchmarks.spark.";

  private static final Entrant LOOP =
      new Entrant(
          "plain-loop",
          "no engine: one thread, Dhara's parser, hash maps; the limit of one core",
          ClassPath.PLAIN,
          PlainLoop.class.getName());
  private static final Entrant FLINK_WINDOWS =
      new Entrant(
          "flink",
          "a DataStream program, tuned: object reuse, a parser by hand, a serializer by hand,"
              + " Flink's windows with an AggregateFunction",
          ClassPath.FLINK,
          FLINK + "FlinkWindows");
  private static final Entrant FLINK_PANES =
      new Entrant(
          "flink-panes",
          "the same, but each event is added up once, in windows of a step, whose sums slide",
          ClassPath.FLINK,
          FLINK + "FlinkPanes");
  private static final Entrant FLINK_PRE_AGGREGATED =
      new Entrant(
          "flink-preaggregated",
          "a DataStream program, tuned as well, with an operator of its own that adds events up"
              + " before the shuffle into Flink's windows: what Dhara does, without Beam",
          ClassPath.FLINK,
          FLINK + "FlinkPreAggregated");
  private static final Entrant FLINK_BLOCKS =
      new Entrant(
          "flink-blocks",
          "the same, with blocks of bytes for each window and shard and one timer for each: what"
              + " Dhara does, without Beam",
          ClassPath.FLINK,
          FLINK + "FlinkBlocks");
  private static final Entrant FLINK_DOCUMENTED =
      new Entrant(
          "flink-documented",
          "a DataStream program as Flink's guides show it: strings, databind, no tuning",
          ClassPath.FLINK,
          FLINK + "FlinkAsDocumented");
  private static final Entrant DHARA_FLINK =
      new Entrant(
          "dhara",
          "Dhara's shared transforms, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaPlayback.class.getName());
  private static final Entrant FLINK_UNIQUE =
      new Entrant(
          "flink",
          "a DataStream program, tuned: a flag in keyed state for each id, which a timer of event"
              + " time forgets; then Flink's windows",
          ClassPath.FLINK,
          FLINK + "FlinkUnique");
  private static final Entrant FLINK_UNIQUE_TTL =
      new Entrant(
          "flink-ttl",
          "the same, but flags live for a time by the clock on the wall (StateTtlConfig), without"
              + " timers: after an outage that is longer, copies count twice",
          ClassPath.FLINK,
          FLINK + "FlinkUniqueTtl");
  private static final Entrant DHARA_UNIQUE =
      new Entrant(
          "dhara",
          "Dhara's Unique and its shared transforms, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaUnique.class.getName());
  private static final Entrant BEAM_COMBINE =
      new Entrant(
          "beam-combine",
          "Beam's own Combine.perKey, with Dhara's source, coders and options",
          ClassPath.FLINK,
          BeamCombine.class.getName());
  private static final Entrant BEAM_DOCUMENTED =
      new Entrant(
          "beam-documented",
          "Beam as its guides show it: strings, databind, serializable classes, default options",
          ClassPath.FLINK,
          BeamAsDocumented.class.getName());
  private static final Entrant DHARA_DIRECT =
      new Entrant(
          "dhara",
          "Dhara's shared transforms on Beam's direct runner, with the options that Dhara sets",
          ClassPath.PLAIN,
          DharaPlayback.class.getName());
  private static final Entrant SPARK_DATASET =
      new Entrant(
          "spark",
          "a Dataset program, tuned: rows parsed by hand, one shuffle partition a core",
          ClassPath.SPARK,
          SPARK + "SparkDataset");
  private static final Entrant SPARK_DOCUMENTED =
      new Entrant(
          "spark-documented",
          "a Dataset program as Spark's guides show it: strings, from_json, window()",
          ClassPath.SPARK,
          SPARK + "SparkAsDocumented");
  private static final Entrant DHARA_SPARK =
      new Entrant(
          "dhara",
          "Dhara's shared transforms on Spark, with the options that Dhara sets",
          ClassPath.SPARK,
          DharaPlayback.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public PlaybackSuite() {}

  @Override
  public String name() {
    return "playback";
  }

  @Override
  public int order() {
    return 1;
  }

  @Override
  public List<Work> works() {
    List<Work> works = new ArrayList<>();
    works.add(
        Work.of(
            "few-keys",
            "A stream on Flink, two workers: 120 titles, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("stream", "title", 120, 5000),
            List.of(
                FLINK_WINDOWS,
                DHARA_FLINK,
                FLINK_PRE_AGGREGATED,
                FLINK_DOCUMENTED,
                BEAM_COMBINE,
                BEAM_DOCUMENTED,
                LOOP)));
    works.add(
        Work.of(
            "many-keys",
            "A stream on Flink, two workers, state on the heap: a million users, windows of a"
                + " minute, nearly as many answers as events.",
            3_000_000,
            PlaybackJob.parameters("stream", "user", 1_000_000, 5000),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_BLOCKS, BEAM_COMBINE, LOOP)));
    works.add(
        Work.of(
            "few-keys-10m",
            "The few keys with more events, so that the start of an engine, a second or so of each"
                + " run, weighs less.",
            10_000_000,
            PlaybackJob.parameters("stream", "title", 120, 5000),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_PRE_AGGREGATED, LOOP, BEAM_DOCUMENTED)));
    works.add(
        Work.of(
            "many-keys-10m",
            "The many keys with more events.",
            10_000_000,
            PlaybackJob.parameters("stream", "user", 1_000_000, 5000),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_BLOCKS, LOOP)));
    works.add(
        Work.of(
            "many-keys-rocksdb",
            "The same with state in RocksDB, which gets the same managed memory in all"
                + " contestants.",
            1_000_000,
            with(PlaybackJob.parameters("stream", "user", 1_000_000, 5000), "state", "rocksdb"),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_BLOCKS, BEAM_COMBINE)));
    works.add(
        Work.of(
            "sliding",
            "A stream on Flink, two workers: 10,000 users, windows of 30 minutes, one every minute,"
                + " over 50 minutes of events.",
            3_000_000,
            with(
                with(PlaybackJob.parameters("stream", "user", 10_000, 1000), "width", "PT30M"),
                "every",
                "PT1M"),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_PANES, LOOP)));
    for (String state : List.of("heap", "rocksdb")) {
      works.add(
          Work.of(
              state.equals("heap") ? "sessions" : "sessions-" + state,
              "A stream on Flink, two workers: 100,000 users, each with an event in 20 seconds,"
                  + " whose sessions end after 30 seconds without one, "
                  + (state.equals("heap") ? "state on the heap." : "state in RocksDB."),
              state.equals("heap") ? 3_000_000 : 1_000_000,
              with(
                  with(
                      with(
                          PlaybackJob.parameters("stream", "user", 100_000, 5000),
                          "sessions",
                          "true"),
                      "width",
                      "PT30S"),
                  "state",
                  state),
              List.of(FLINK_WINDOWS, DHARA_FLINK, BEAM_COMBINE)));
    }
    for (String state : List.of("heap", "rocksdb")) {
      works.add(
          Work.of(
              state.equals("heap") ? "unique" : "unique-" + state,
              "A stream on Flink, two workers, of which one event in 25 comes twice and counts"
                  + " once: 120 titles, windows of a minute, "
                  + (state.equals("heap") ? "state on the heap." : "state in RocksDB."),
              1_000_000,
              with(
                  with(PlaybackJob.parameters("stream", "title", 120, 5000), "copied", "25"),
                  "state",
                  state),
              List.of(FLINK_UNIQUE, DHARA_UNIQUE, FLINK_UNIQUE_TTL)));
    }
    works.add(
        Work.of(
            "flink-batch-few-keys",
            "A batch on Flink, two workers: 120 titles, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("batch", "title", 120, 5000),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_PRE_AGGREGATED)));
    works.add(
        Work.of(
            "flink-batch-many-keys",
            "A batch on Flink, two workers: a million users, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("batch", "user", 1_000_000, 5000),
            List.of(FLINK_WINDOWS, DHARA_FLINK, FLINK_BLOCKS)));
    works.add(
        Work.of(
            "direct",
            "A batch on Beam's direct runner, two workers, beside a plain loop on one thread: 120"
                + " titles, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("batch", "title", 120, 5000),
            List.of(LOOP, DHARA_DIRECT)));
    works.add(
        Work.of(
            "spark-batch-few-keys",
            "A batch on Spark, local[2]: 120 titles, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("batch", "title", 120, 5000),
            List.of(SPARK_DATASET, DHARA_SPARK, SPARK_DOCUMENTED)));
    works.add(
        Work.of(
            "spark-batch-many-keys",
            "A batch on Spark, local[2]: a million users, windows of a minute.",
            3_000_000,
            PlaybackJob.parameters("batch", "user", 1_000_000, 5000),
            List.of(SPARK_DATASET, DHARA_SPARK)));
    works.add(growing("events-100k", 100_000));
    works.add(growing("events-1m", 1_000_000));
    works.add(growing("events-10m", 10_000_000));
    works.add(growing("events-100m", 100_000_000));
    for (long keys : List.of(100L, 10_000L, 100_000L, 1_000_000L, 10_000_000L)) {
      works.add(
          Work.of(
                  "keys-" + keys,
                  "How time and memory grow with keys: a stream on Flink, state on the heap,"
                      + " windows of a minute.",
                  3_000_000,
                  PlaybackJob.parameters("stream", "user", keys, 5000),
                  List.of(FLINK_WINDOWS, DHARA_FLINK))
              .at(new Work.Point("keys", "keys", keys)));
    }
    return works;
  }

  /**
   * A point of the curve over events. Flink's own windows, which in batch mode sort every event,
   * take many minutes for a hundred million; so the reference is the program that adds up before.
   */
  private static Work growing(String name, long events) {
    return Work.of(
            name,
            "How time grows with events: a batch on Flink, 120 titles, windows of a minute.",
            events,
            PlaybackJob.parameters("batch", "title", 120, 5000),
            List.of(FLINK_PRE_AGGREGATED, DHARA_FLINK))
        .at(Work.Point.events("events"));
  }

  private static Map<String, String> with(
      Map<String, String> parameters, String name, String value) {
    Map<String, String> changed = new HashMap<>(parameters);
    changed.put(name, value);
    return changed;
  }
}
