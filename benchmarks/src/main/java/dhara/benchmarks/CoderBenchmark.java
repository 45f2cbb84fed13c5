package dhara.benchmarks;

import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.markets.Trade;
import dhara.records.RecordCoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.util.VarInt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Encodes and decodes one event of 12 components: by a coder written by hand, by {@link
 * RecordCoder}, by Beam's schema of a class with fields, and by Java serialization. The bar: {@link
 * RecordCoder} takes at most 1.5 times as long as the coder written by hand.
 *
 * <p>Run {@code java -cp … dhara.benchmarks.CoderBenchmark [JMH options]}: it prints the figures
 * and their ratios to the first.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
public class CoderBenchmark {

  private static final int ROUNDS = 3;

  /** What is encoded: eight strings, two ints, a long and an instant, as an event may have them. */
  record View(
      String id,
      Instant at,
      String session,
      String viewer,
      String title,
      String country,
      String city,
      String device,
      String player,
      int bitrateKbps,
      int stalls,
      long playedMillis)
      implements Serializable {}

  /** The same for Beam's schema of fields, which does not support {@code java.time.Instant}. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class ViewFields {
    public final String id;
    public final org.joda.time.Instant at;
    public final String session;
    public final String viewer;
    public final String title;
    public final String country;
    public final String city;
    public final String device;
    public final String player;
    public final int bitrateKbps;
    public final int stalls;
    public final long playedMillis;

    @SchemaCreate
    public ViewFields(
        String id,
        org.joda.time.Instant at,
        String session,
        String viewer,
        String title,
        String country,
        String city,
        String device,
        String player,
        int bitrateKbps,
        int stalls,
        long playedMillis) {
      this.id = id;
      this.at = at;
      this.session = session;
      this.viewer = viewer;
      this.title = title;
      this.country = country;
      this.city = city;
      this.device = device;
      this.player = player;
      this.bitrateKbps = bitrateKbps;
      this.stalls = stalls;
      this.playedMillis = playedMillis;
    }
  }

  /** A hand-written coder with Beam's own parts: field after field, directly to the stream. */
  private static final class HandWritten extends CustomCoder<View> {
    private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

    @Override
    public void encode(View view, OutputStream out) throws IOException {
      TEXT.encode(view.id(), out);
      Instant at = view.at();
      VarInt.encode(at.getEpochSecond(), out);
      VarInt.encode(at.getNano(), out);
      TEXT.encode(view.session(), out);
      TEXT.encode(view.viewer(), out);
      TEXT.encode(view.title(), out);
      TEXT.encode(view.country(), out);
      TEXT.encode(view.city(), out);
      TEXT.encode(view.device(), out);
      TEXT.encode(view.player(), out);
      VarInt.encode(view.bitrateKbps(), out);
      VarInt.encode(view.stalls(), out);
      VarInt.encode(view.playedMillis(), out);
    }

    @Override
    public View decode(InputStream in) throws IOException {
      return new View(
          TEXT.decode(in),
          Instant.ofEpochSecond(VarInt.decodeLong(in), VarInt.decodeInt(in)),
          TEXT.decode(in),
          TEXT.decode(in),
          TEXT.decode(in),
          TEXT.decode(in),
          TEXT.decode(in),
          TEXT.decode(in),
          TEXT.decode(in),
          VarInt.decodeInt(in),
          VarInt.decodeInt(in),
          VarInt.decodeLong(in));
    }
  }

  private final View view =
      new View(
          "0190a6f2-7d1c-7c3e-b5a1-3f2d9c0e4b77",
          Instant.parse("2026-01-05T12:34:56.789123Z"),
          "session-48213377",
          "viewer-9918273",
          "title-000421",
          "IN",
          "Bengaluru",
          "androidtv",
          "exoplayer-2.19",
          4500,
          2,
          12_345_678L);

  private final ViewFields fields =
      new ViewFields(
          view.id(),
          org.joda.time.Instant.ofEpochMilli(view.at().toEpochMilli()),
          view.session(),
          view.viewer(),
          view.title(),
          view.country(),
          view.city(),
          view.device(),
          view.player(),
          view.bitrateKbps(),
          view.stalls(),
          view.playedMillis());

  private final Coder<View> handWritten = new HandWritten();
  private final Coder<View> record = RecordCoder.of(View.class);
  private final Coder<ViewFields> fieldSchema;
  private final Coder<View> serialization = SerializableCoder.of(View.class);
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

  /** Makes the coders. */
  public CoderBenchmark() {
    try {
      fieldSchema = SchemaRegistry.createDefault().getSchemaCoder(ViewFields.class);
    } catch (NoSuchSchemaException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs other records first, because a job has several, and the JIT then sees all their types at
   * the same call sites.
   */
  @Setup
  public void codeOtherRecords() throws IOException {
    Coder<Trade> trades = RecordCoder.of(Trade.class);
    Coder<OrderLine> lines = RecordCoder.of(OrderLine.class);
    Trade trade = new Trade("t1", view.at(), "INFY", 15_000_000, 10, null, false);
    OrderLine line =
        new OrderLine("l1", view.at(), "o1", "p1", "toys", "IN", null, null, 2, 49_900);
    for (int i = 0; i < 20_000; i++) {
      if (!thereAndBack(trades, trade).equals(trade) || !thereAndBack(lines, line).equals(line)) {
        throw new IllegalStateException("a record came back as another");
      }
    }
  }

  @Benchmark
  public Object handWritten() throws IOException {
    return thereAndBack(handWritten, view);
  }

  @Benchmark
  public Object recordCoder() throws IOException {
    return thereAndBack(record, view);
  }

  @Benchmark
  public Object fieldSchema() throws IOException {
    return thereAndBack(fieldSchema, fields);
  }

  @Benchmark
  public Object serialization() throws IOException {
    return thereAndBack(serialization, view);
  }

  private <T> T thereAndBack(Coder<T> coder, T value) throws IOException {
    bytes.reset();
    coder.encode(value, bytes);
    return coder.decode(new ByteArrayInputStream(bytes.toByteArray()));
  }

  /**
   * Runs the four in turn, several times, and prints the fastest iteration of each, which other
   * load on the machine disturbs least, and its multiple of the coder written by hand.
   */
  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    Map<String, Double> fastest = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      var results =
          new Runner(
                  new OptionsBuilder()
                      .parent(new CommandLineOptions(args))
                      .include(CoderBenchmark.class.getName())
                      .build())
              .run();
      for (RunResult each : results) {
        var result = each.getPrimaryResult();
        fastest.merge(result.getLabel(), result.getStatistics().getMin(), Math::min);
      }
    }
    double byHand = fastest.get("handWritten");
    fastest.forEach(
        (coder, nanos) ->
            System.out.printf(
                "%-14s %7.0f ns  %5.2f x hand-written%n", coder, nanos, nanos / byHand));
  }
}
