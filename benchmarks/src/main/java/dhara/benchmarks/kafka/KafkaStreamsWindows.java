package dhara.benchmarks.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams, tuned: a thread per worker; no shuffle, because records have their title as their
 * key; a hand-written parser and serializer; windows in memory under a cache, so that a changelog
 * has one record per key and commit; commits as often as the others take checkpoints; each window's
 * answer once, when it closes.
 */
public final class KafkaStreamsWindows implements Contestant {

  private static final long COMMIT_MILLIS = 10_000;
  private static final int CACHE_BYTES = 64 << 20;

  /**
   * How long a store keeps a window. It expires windows by the newest record before it is queried
   * for the windows that this record closes, and the closing lines are ten minutes later.
   */
  private static final Duration KEPT = Duration.ofHours(1);

  /** What of an event the job needs. */
  private static final class View {
    int bitrate;
    boolean error;
    long at;
  }

  /** Sums of a title's events in a window; mutable, because a store keeps bytes. */
  private static final class Sums {
    long events;
    long sum;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long errors;

    Sums add(View view) {
      events++;
      sum += view.bitrate;
      min = Math.min(min, view.bitrate);
      max = Math.max(max, view.bitrate);
      errors += view.error ? 1 : 0;
      return this;
    }
  }

  /** Made by name. */
  public KafkaStreamsWindows() {}

  @Override
  public Outcome run(Task task) throws IOException, InterruptedException {
    PlaybackJob job = PlaybackJob.of(task);
    Path folder = Files.createTempDirectory("dhara-benchmark-streams-");
    Answered.start(job);
    try (KafkaStreams streams = new KafkaStreams(topology(job).build(), settings(task, folder))) {
      streams.setUncaughtExceptionHandler(
          e -> {
            e.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.start();
      return Answered.await(() -> !streams.state().hasStartedOrFinishedShuttingDown());
    } finally {
      Folders.delete(folder);
    }
  }

  private static Properties settings(Task task, Path folder) {
    Properties settings = new Properties();
    // A new name each time, so that it starts from the beginning.
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "windows-" + UUID.randomUUID());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, task.text(PlaybackTopic.BROKER));
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, (int) task.number("parallelism"));
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 100_000);
    // Otherwise it looks for closed windows only once a second, and never finds those that the
    // topic's last records close, because no later record triggers it.
    settings.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_WINDOWED_AGGREGATION, 0L);
    return settings;
  }

  private static StreamsBuilder topology(PlaybackJob job) {
    if (!job.tumbles()) {
      throw new IllegalArgumentException("written for tumbling windows");
    }
    Serde<Sums> sums = Serdes.serdeFrom(new SumsSerializer(), new SumsDeserializer());
    Serde<View> views = Serdes.serdeFrom(new NoSerializer(), new ViewDeserializer());
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(
            PlaybackTopic.TOPIC,
            Consumed.with(Serdes.String(), views)
                .withTimestampExtractor((record, before) -> ((View) record.value()).at))
        .groupByKey(Grouped.with(Serdes.String(), views))
        .windowedBy(
            TimeWindows.ofSizeAndGrace(
                job.width(), Duration.ofMillis(PlaybackLines.DISORDER_MILLIS)))
        .emitStrategy(EmitStrategy.onWindowClose())
        .aggregate(
            Sums::new,
            (title, view, sum) -> sum.add(view),
            Materialized.<String, Sums>as(
                    Stores.inMemoryWindowStore("sums", KEPT, job.width(), false))
                .withKeySerde(Serdes.String())
                .withValueSerde(sums)
                .withCachingEnabled())
        .toStream()
        .foreach(
            (title, s) ->
                Answered.add(
                    title.key(), title.window().start(), s.events, s.sum, s.min, s.max, s.errors));
    return builder;
  }

  /** Reads the fields that the job needs, the date without {@code java.time}. */
  private static final class ViewDeserializer implements Deserializer<View> {

    private static final JsonFactory JACKSON = new JsonFactory();

    @Override
    public View deserialize(String topic, byte[] line) {
      View view = new View();
      try (JsonParser json = JACKSON.createParser(line)) {
        json.nextToken();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          var unused = json.nextToken();
          switch (name) {
            case "bitrate_kbps" -> view.bitrate = json.getIntValue();
            case "error" -> view.error = json.getBooleanValue();
            case "at" ->
                view.at = PlaybackLines.millis(json.getTextCharacters(), json.getTextOffset());
            default -> {}
          }
        }
      } catch (IOException e) {
        throw new IllegalArgumentException("no event", e);
      }
      return view;
    }
  }

  /** Views are only read, but a grouping requires a serializer. */
  private static final class NoSerializer implements Serializer<View> {
    @Override
    public byte[] serialize(String topic, View view) {
      throw new UnsupportedOperationException("views are not written");
    }
  }

  private static final class SumsSerializer implements Serializer<Sums> {
    @Override
    public byte[] serialize(String topic, Sums s) {
      return ByteBuffer.allocate(5 * Long.BYTES)
          .putLong(s.events)
          .putLong(s.sum)
          .putLong(s.min)
          .putLong(s.max)
          .putLong(s.errors)
          .array();
    }
  }

  private static final class SumsDeserializer implements Deserializer<Sums> {
    @Override
    public Sums deserialize(String topic, byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      Sums sums = new Sums();
      sums.events = in.getLong();
      sums.sum = in.getLong();
      sums.min = in.getLong();
      sums.max = in.getLong();
      sums.errors = in.getLong();
      return sums;
    }
  }
}
