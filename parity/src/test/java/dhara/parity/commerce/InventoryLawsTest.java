package dhara.parity.commerce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.commerce.inventory.Inventory;
import dhara.pipelines.commerce.inventory.StockCommand;
import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.records.RecordCoder;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.unique.Unique;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Instant;
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
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Warehouses with a few products, orders and moments of time, so that commands collide in every
 * way: whatever the order of arrival, the copies and the bundles, each settles on what the oracle
 * says.
 *
 * <p>A backfill has a thousand warehouses. A stream has a few, because the direct runner works on a
 * key at a time and updates all its watermarks after each: a stream of a thousand would take many
 * minutes.
 */
class InventoryLawsTest {

  private static final int WAREHOUSES = 1_000;
  private static final int STREAMED = 8;
  private static final int COMMANDS = 24;
  private static final long LATENESS = 20_000;
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  private static final List<String> OPTIONS =
      List.of(
          "--lateness=PT20S",
          "--reservationExpiry=PT10S",
          "--orderMemory=PT15S",
          "--lowStock=5",
          "--hysteresis=40",
          "--provisional=true");

  private static final List<Kind> KINDS = List.of(Kind.values());

  private static final Map<String, Queue<String>> ROWS = new ConcurrentHashMap<>();

  private final Inventory inventory = new Inventory();

  @BeforeEach
  void forget() {
    ROWS.clear();
  }

  /** A command, and when it comes. */
  private record Arrival(StockCommand command, long at) {}

  @ParameterizedTest
  @ValueSource(longs = {1})
  void aStreamSettlesOnTheAnswersOfTheOracle(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<StockCommand> commands = commands(STREAMED, random);
    TestStream.Builder<StockCommand> stream = TestStream.create(RecordCoder.of(StockCommand.class));
    int bundle = 0;
    List<TimestampedValue<StockCommand>> arrived = new ArrayList<>();
    long watermark = Long.MIN_VALUE;
    for (Arrival arrival : arrivals(commands, random)) {
      if (bundle-- == 0) {
        stream = added(stream, arrived);
        if (arrival.at > watermark && random.nextInt(3) > 0) {
          watermark = arrival.at;
          stream = stream.advanceWatermarkTo(org.joda.time.Instant.ofEpochMilli(watermark));
        }
        arrived.clear();
        bundle = random.nextInt(STREAMED * COMMANDS / 4);
      }
      arrived.add(
          TimestampedValue.of(
              arrival.command,
              org.joda.time.Instant.ofEpochMilli(arrival.command.at().toEpochMilli())));
    }
    settles(added(stream, arrived).advanceWatermarkToInfinity(), commands);
  }

  @ParameterizedTest
  @ValueSource(longs = {3})
  void aBackfillSettlesOnTheAnswersOfTheOracle(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<StockCommand> commands = commands(WAREHOUSES, random);
    List<StockCommand> arriving =
        arrivals(commands, random).stream().map(Arrival::command).toList();
    settles(Create.of(arriving).withCoder(RecordCoder.of(StockCommand.class)), commands);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of them
  private static TestStream.Builder<StockCommand> added(
      TestStream.Builder<StockCommand> stream, List<TimestampedValue<StockCommand>> arrived) {
    return arrived.isEmpty()
        ? stream
        : stream.addElements(
            arrived.get(0), arrived.subList(1, arrived.size()).toArray(new TimestampedValue[0]));
  }

  private void settles(
      PTransform<PBegin, PCollection<StockCommand>> source, List<StockCommand> commands)
      throws IOException {
    Inventory.Options options = Oracle.options(inventory, OPTIONS);
    DirectOptions direct = options.as(DirectOptions.class);
    direct.setEnforceImmutability(false); // as the command does; the parity tests check it
    direct.setEnforceEncodability(false);
    direct.setTargetParallelism(1); // the driver would keep another thread busy all the time
    Pipeline pipeline = Pipeline.create(options);
    inventory.build(new Collecting(pipeline.apply("Source", source)), options);
    pipeline.run().waitUntilFinish();

    Map<String, List<String>> expected =
        Oracle.settled(inventory, Inputs.of(inventory.inputs().get(0), commands), OPTIONS);
    for (Output<?, ?> output : inventory.outputs()) {
      List<String> rows =
          expected.get(output.name()).stream()
              .map(row -> row.replaceFirst("\"incident\":\"[^\"]*\",", ""))
              .sorted()
              .toList();
      assertThat(output.name(), SettledAnswers.of(List.copyOf(ROWS.get(output.name()))), is(rows));
    }
  }

  private static List<StockCommand> commands(int warehouses, SplittableRandom random) {
    List<StockCommand> commands = new ArrayList<>();
    for (int warehouse = 0; warehouse < warehouses; warehouse++) {
      for (int i = 0; i < COMMANDS; i++) {
        String id = "c%02d-%d".formatted(random.nextInt(100), commands.size());
        Instant at = NINE.plusMillis(500L * random.nextInt(120));
        Kind kind = KINDS.get(random.nextInt(i < 4 ? 2 : KINDS.size()));
        commands.add(
            new StockCommand(
                id,
                at,
                "w" + warehouse,
                kind,
                "o" + random.nextInt(5),
                kind == Kind.RESTOCK || kind == Kind.RESERVE || kind == Kind.ADJUST
                    ? lines(kind, random)
                    : null));
      }
    }
    return commands;
  }

  private static List<Line> lines(Kind kind, SplittableRandom random) {
    List<Line> lines = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long quantity = 1L + random.nextInt(kind == Kind.RESTOCK ? 9 : 4);
      boolean away = kind == Kind.ADJUST && random.nextInt(2) == 0;
      lines.add(new Line("p" + random.nextInt(3), away ? -quantity : quantity));
    }
    return lines;
  }

  /** The commands in an order that the lateness allows, some of them twice. */
  private static List<Arrival> arrivals(List<StockCommand> commands, SplittableRandom random) {
    List<Arrival> arrivals = new ArrayList<>();
    for (StockCommand command : commands) {
      for (int copies = random.nextInt(20) == 0 ? 2 : 1; copies > 0; copies--) {
        arrivals.add(new Arrival(command, command.at().toEpochMilli() + random.nextLong(LATENESS)));
      }
    }
    arrivals.sort(Comparator.comparing(Arrival::at));
    return arrivals;
  }

  /** Gives each command once, and collects the rows of answers. */
  private record Collecting(PCollection<StockCommand> commands) implements Flow {

    @Override
    @SuppressWarnings("unchecked") // there is one input
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      Unique<StockCommand> unique = Unique.byId(Lateness.of(windows).horizon());
      PCollectionTuple split = commands.apply("Unique", unique);
      return (PCollection<T>) split.get(unique.unique());
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      throw new AssertionError("it has no reference");
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      ROWS.put(output.name(), new ConcurrentLinkedQueue<>());
      answers.apply("Keep." + output.name(), ParDo.of(new KeepFn<>(output)));
    }
  }

  private static final class KeepFn<K extends Record, V extends Record>
      extends DoFn<Answer<K, V>, Void> {

    private static final long serialVersionUID = 1L;

    private final String output;
    private final RecordFields<K> keys;
    private final RecordFields<V> values;

    KeepFn(Output<K, V> output) {
      this.output = output.name();
      this.keys = RecordFields.of(output.key());
      this.values = RecordFields.of(output.value());
    }

    @ProcessElement
    public void process(@Element Answer<K, V> answer) {
      String window = new Box<>("", answer.start(), answer.end()).window();
      ROWS.get(output)
          .add(
              "{%s,%s,\"revision\":%d,%s}"
                  .formatted(
                      within(keys.json(answer.key())),
                      window,
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
