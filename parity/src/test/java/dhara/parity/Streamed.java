package dhara.parity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario.Given;
import dhara.records.RecordCoder;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;

/**
 * Streams the scenario of an analysis in this process, its facts out of order as far as the
 * lateness allows, and compares what it settles on with the oracle. It needs no broker and no
 * cluster, so it is for the tests of one analysis; {@code StreamParityTest} streams all of them.
 */
public final class Streamed {

  /** The rows of an output, by the name of the run and of the output. */
  private static final Map<String, Queue<String>> ROWS = new ConcurrentHashMap<>();

  private static final int BUNDLES = 20;

  private Streamed() {}

  /** Checks that a stream settles on the answers of the oracle. */
  public static <O extends DharaOptions> void settles(
      Analysis<O> analysis, long seed, long count, Duration lateness, List<String> more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--lateness=" + lateness));
    arguments.addAll(more);
    run(analysis, seed, count, arguments, source(analysis, seed, count, lateness));
  }

  /** Checks that a backfill of the same events gives the answers of the oracle. */
  public static <O extends DharaOptions> void backfills(
      Analysis<O> analysis, long seed, long count, List<String> arguments) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<TimestampedValue<KV<String, byte[]>>> events =
        analysis
            .scenario()
            .events(seed, count)
            .map(given -> arrival(given, Duration.ofMillis(1), random))
            .map(
                each ->
                    TimestampedValue.of(each.coded, org.joda.time.Instant.ofEpochMilli(each.at)))
            .toList();
    run(
        analysis,
        seed,
        count,
        arguments,
        Create.timestamped(events)
            .withCoder(KvCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of())));
  }

  private static <O extends DharaOptions> void run(
      Analysis<O> analysis,
      long seed,
      long count,
      List<String> arguments,
      PTransform<PBegin, PCollection<KV<String, byte[]>>> source)
      throws IOException {
    O options = Oracle.options(analysis, arguments);
    DirectOptions direct = options.as(DirectOptions.class);
    direct.setEnforceImmutability(false); // as the command does; the parity tests check it
    direct.setEnforceEncodability(false);
    direct.setTargetParallelism(1); // the driver would keep another thread busy all the time
    Pipeline pipeline = Pipeline.create(options);
    String run = source.getName() + " " + analysis.name() + " " + seed + " " + arguments;
    analysis.build(new Streaming(run, pipeline.apply("Source", source)), options);
    pipeline.run().waitUntilFinish();

    Map<String, List<String>> expected =
        Oracle.settled(analysis, Inputs.of(analysis, seed, count), arguments);
    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.of(List.copyOf(ROWS.remove(run + output.name()))),
          is(expected.get(output.name())));
    }
  }

  /** An event, and when it comes. */
  private record Arrival(KV<String, byte[]> coded, long at, long comes) {}

  /** Of one input after the other, so that all have one watermark. */
  private static TestStream<KV<String, byte[]>> source(
      Analysis<?> analysis, long seed, long count, Duration lateness) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Arrival> arrivals =
        new ArrayList<>(
            analysis
                .scenario()
                .events(seed, count)
                .map(given -> arrival(given, lateness, random))
                .toList());
    arrivals.sort(Comparator.comparing(Arrival::comes));
    TestStream.Builder<KV<String, byte[]>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of()));
    int size = arrivals.size() / BUNDLES + 1;
    for (int from = 0; from < arrivals.size(); from += size) {
      List<Arrival> bundle = arrivals.subList(from, Math.min(arrivals.size(), from + size));
      stream = stream.advanceWatermarkTo(org.joda.time.Instant.ofEpochMilli(bundle.get(0).comes));
      for (Arrival arrival : bundle) {
        stream =
            stream.addElements(
                TimestampedValue.of(arrival.coded, org.joda.time.Instant.ofEpochMilli(arrival.at)));
      }
    }
    return stream.advanceWatermarkToInfinity();
  }

  /** A reference comes in order, facts up to the lateness after their time. */
  private static <T extends Record & Event> Arrival arrival(
      Given<T> given, Duration lateness, SplittableRandom random) {
    try {
      byte[] coded =
          CoderUtils.encodeToByteArray(RecordCoder.of(given.input().type()), given.event());
      long at = given.event().at().toEpochMilli();
      return new Arrival(
          KV.of(given.input().name(), coded),
          at,
          given.input().isReference() ? at : at + random.nextLong(lateness.toMillis()));
    } catch (CoderException e) {
      throw new AssertionError("cannot be coded: " + given, e);
    }
  }

  /** Gives the events, and keeps the rows of answers. */
  private record Streaming(String run, PCollection<KV<String, byte[]>> all) implements Flow {

    @Override
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      RecordCoder<T> coder = RecordCoder.of(input.type());
      return all.apply("Read." + input.name(), ParDo.of(new ReadFn<>(input.name(), coder)))
          .setCoder(coder);
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      return AsOf.of(
          events(input, windows).apply("Versions." + input.name(), input.versions()),
          Lateness.of(windows).horizon());
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      ROWS.put(run + output.name(), new ConcurrentLinkedQueue<>());
      answers.apply("Keep." + output.name(), ParDo.of(new KeepFn<>(run, output)));
    }
  }

  private static final class ReadFn<T extends Record & Event> extends DoFn<KV<String, byte[]>, T> {

    private static final long serialVersionUID = 1L;

    private final String input;
    private final RecordCoder<T> coder;

    ReadFn(String input, RecordCoder<T> coder) {
      this.input = input;
      this.coder = coder;
    }

    @ProcessElement
    public void process(@Element KV<String, byte[]> each, OutputReceiver<T> out)
        throws CoderException {
      if (each.getKey().equals(input)) {
        out.output(CoderUtils.decodeFromByteArray(coder, each.getValue()));
      }
    }
  }

  private static final class KeepFn<K extends Record, V extends Record>
      extends DoFn<Answer<K, V>, Void> {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final RecordFields<K> keys;
    private final RecordFields<V> values;

    KeepFn(String run, Output<K, V> output) {
      this.name = run + output.name();
      this.keys = RecordFields.of(output.key());
      this.values = RecordFields.of(output.value());
    }

    @ProcessElement
    public void process(@Element Answer<K, V> answer) {
      ROWS.get(name)
          .add(
              "{%s,%s,\"revision\":%d,%s}"
                  .formatted(
                      within(keys.json(answer.key())),
                      new Box<>("", answer.start(), answer.end()).window(),
                      answer.revision(),
                      answer.isWithdrawn()
                          ? "\"withdrawn\":true"
                          : within(values.json(answer.value()))));
    }

    private static String within(byte[] object) {
      return new String(object, 1, object.length - 2, UTF_8);
    }
  }
}
