package dhara.benchmarks.playback;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Beam as its guides show it: lines as strings, parsed by Jackson's databind into a serializable
 * class, {@code Window.into}, {@code Combine.perKey} with a serializable accumulator, coders as
 * Beam infers them, all options at their defaults (so no checkpoints either). It is not slower than
 * a typical first program.
 */
public final class BeamAsDocumented implements Contestant {

  /** An event, as databind fills it. */
  public static final class View implements Serializable {
    private static final long serialVersionUID = 1L;
    public String user = "";
    public String title = "";
    public String country = "";
    public String device = "";
    public int bitrateKbps;
    public boolean error;
    public String at = "";
  }

  /** An accumulator and an answer. */
  public static final class Stats implements Serializable {
    private static final long serialVersionUID = 1L;
    public long events;
    public long sum;
    public long min = Long.MAX_VALUE;
    public long max = Long.MIN_VALUE;
    public long errors;

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Stats that
          && events == that.events
          && sum == that.sum
          && min == that.min
          && max == that.max
          && errors == that.errors;
    }

    @Override
    public int hashCode() {
      return Objects.hash(events, sum, min, max, errors);
    }
  }

  /** Made by name. */
  public BeamAsDocumented() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    if (!job.tumbles() || job.bounded()) {
      throw new IllegalArgumentException("written for streams and tumbling windows");
    }
    return Engines.run(
        job,
        folder -> Engines.asBeamSets(job),
        pipeline ->
            pipeline
                .apply(Read.from(new Lines(job)))
                .apply(MapElements.via(new Parse()))
                .apply(Window.into(FixedWindows.of(Duration.millis(job.width().toMillis()))))
                .apply(ParDo.of(new KeyFn(job.byUser())))
                .apply(Combine.perKey(new StatsFn()))
                .apply(ParDo.of(new SettleFn())));
  }

  public static final class Parse extends SimpleFunction<String, View> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON =
        new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    @Override
    public View apply(String line) {
      try {
        return JSON.readValue(line, View.class);
      } catch (IOException e) {
        throw new IllegalArgumentException(line, e);
      }
    }
  }

  public static final class KeyFn extends DoFn<View, KV<String, View>> {
    private static final long serialVersionUID = 1L;
    private final boolean byUser;

    public KeyFn(boolean byUser) {
      this.byUser = byUser;
    }

    @ProcessElement
    public void process(@Element View view, OutputReceiver<KV<String, View>> out) {
      out.output(KV.of(byUser ? view.user : view.title, view));
    }
  }

  public static final class StatsFn extends Combine.CombineFn<View, Stats, Stats> {
    private static final long serialVersionUID = 1L;

    @Override
    public Stats createAccumulator() {
      return new Stats();
    }

    @Override
    public Stats addInput(Stats stats, View view) {
      stats.events++;
      stats.sum += view.bitrateKbps;
      stats.min = Math.min(stats.min, view.bitrateKbps);
      stats.max = Math.max(stats.max, view.bitrateKbps);
      stats.errors += view.error ? 1 : 0;
      return stats;
    }

    @Override
    public Stats mergeAccumulators(Iterable<Stats> parts) {
      Stats all = new Stats();
      for (Stats part : parts) {
        all.events += part.events;
        all.sum += part.sum;
        all.min = Math.min(all.min, part.min);
        all.max = Math.max(all.max, part.max);
        all.errors += part.errors;
      }
      return all;
    }

    @Override
    public Stats extractOutput(Stats stats) {
      return stats;
    }
  }

  private static final class SettleFn extends DoFn<KV<String, Stats>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<String, Stats> answer, BoundedWindow window) {
      Stats s = answer.getValue();
      PlaybackJob.settle(
          answer.getKey(),
          ((IntervalWindow) window).start().getMillis(),
          s.events,
          s.sum,
          s.min,
          s.max,
          s.errors);
    }
  }

  /**
   * The lines as from a broker: a string with a timestamp, so that it need not be parsed for its
   * time.
   */
  private static final class Lines extends UnboundedSource<String, PlaybackStream.Mark> {
    private static final long serialVersionUID = 1L;
    private final PlaybackJob job;
    private final int part;
    private final int parts;

    Lines(PlaybackJob job) {
      this(job, 0, 1);
    }

    Lines(PlaybackJob job, int part, int parts) {
      this.job = job;
      this.part = part;
      this.parts = parts;
    }

    @Override
    public List<Lines> split(int desired, PipelineOptions options) {
      return IntStream.range(0, desired).mapToObj(i -> new Lines(job, i, desired)).toList();
    }

    @Override
    public UnboundedReader<String> createReader(
        PipelineOptions options, PlaybackStream.@Nullable Mark mark) {
      return new LineReader(
          this, mark == null ? new PlaybackStream.Mark(part, Long.MIN_VALUE) : mark);
    }

    @Override
    public Coder<PlaybackStream.Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(PlaybackStream.Mark.class);
    }

    @Override
    public Coder<String> getOutputCoder() {
      return StringUtf8Coder.of();
    }
  }

  private static final class LineReader extends UnboundedSource.UnboundedReader<String> {
    private final Lines source;
    private final PlaybackLines lines;
    private long next;
    private long latest;
    private long at;
    private @Nullable String line;

    LineReader(Lines source, PlaybackStream.Mark mark) {
      this.source = source;
      this.lines = new PlaybackLines(source.job.lines());
      this.next = mark.next();
      this.latest = mark.latestMillis();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.job.events()) {
        line = null;
        return false;
      }
      line = new String(lines.line(next), StandardCharsets.UTF_8);
      at = lines.at(next);
      latest = Math.max(latest, at);
      next += source.parts;
      return true;
    }

    @Override
    public String getCurrent() {
      if (line == null) {
        throw new NoSuchElementException();
      }
      return line;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(at);
    }

    @Override
    public Instant getWatermark() {
      if (next >= source.job.events()) {
        return BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
      return latest == Long.MIN_VALUE
          ? BoundedWindow.TIMESTAMP_MIN_VALUE
          : Instant.ofEpochMilli(latest - PlaybackLines.DISORDER_MILLIS);
    }

    @Override
    public PlaybackStream.Mark getCheckpointMark() {
      return new PlaybackStream.Mark(next, latest);
    }

    @Override
    public Lines getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
