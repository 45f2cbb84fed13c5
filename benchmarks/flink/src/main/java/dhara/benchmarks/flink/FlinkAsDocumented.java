package dhara.benchmarks.flink;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink as its guides show it: lines as strings, Jackson's databind into a POJO, timestamps by
 * {@code Instant.parse}, Flink's serializers for POJOs, no object reuse.
 */
public final class FlinkAsDocumented extends FlinkProgram {

  /** An event, as databind fills it and Flink's POJO serializer carries it. */
  public static final class Event {
    public String user = "";
    public String title = "";
    public String country = "";
    public String device = "";
    public int bitrateKbps;
    public boolean error;
    public String at = "";
  }

  /** Made by name. */
  public FlinkAsDocumented() {}

  @Override
  boolean reusesObjects() {
    return false;
  }

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    boolean byUser = job.byUser();
    return environment
        .fromSource(
            new LineSource<>(
                job, () -> (line, length) -> new String(line, 0, length, StandardCharsets.UTF_8)),
            WatermarkStrategy.noWatermarks(),
            "lines",
            Types.STRING)
        .map(new Parse())
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Event>forBoundedOutOfOrderness(
                    Duration.ofMillis(PlaybackLines.DISORDER_MILLIS))
                .withTimestampAssigner((event, before) -> Instant.parse(event.at).toEpochMilli()))
        .keyBy(event -> byUser ? event.user : event.title)
        .window(windows(job))
        .aggregate(new AddEvents(), new Name());
  }

  private static final class Parse implements MapFunction<String, Event> {

    private static final long serialVersionUID = 1L;

    private static final ObjectMapper JSON =
        new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    @Override
    public Event map(String line) throws Exception {
      return JSON.readValue(line, Event.class);
    }
  }

  private static final class AddEvents implements AggregateFunction<Event, Sums, Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public Sums createAccumulator() {
      return new Sums();
    }

    @Override
    public Sums add(Event event, Sums sums) {
      return sums.add(event.bitrateKbps, event.error);
    }

    @Override
    public Sums getResult(Sums sums) {
      return sums;
    }

    @Override
    public Sums merge(Sums one, Sums other) {
      return one.add(other);
    }
  }
}
