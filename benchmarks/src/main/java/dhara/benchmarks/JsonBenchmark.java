package dhara.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.markets.Trade;
import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs to parse one JSON event into a record: by Dhara, by parsers written by hand for
 * this one record, and by databind as its documentation shows it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(JsonBenchmark.EVENTS)
public class JsonBenchmark {

  static final int EVENTS = 1000;

  /** Which record is parsed. */
  @Param({"OrderLine", "Trade"})
  public String event;

  private byte[][] events;
  private EventParser<? extends Record> dhara;
  private EventParser<? extends Record> jackson;
  private EventParser<? extends Record> fastjson;
  private ObjectMapper databind;
  private Class<? extends Record> type;

  /** Writes the events, and checks that every parser makes the same records of them. */
  @Setup
  public void setUp() throws BadEvent, IOException {
    boolean orders = event.equals("OrderLine");
    type = orders ? OrderLine.class : Trade.class;
    dhara = JsonFormat.of(type, Mapping.none()).parser();
    jackson = orders ? new HandWritten.JacksonOrderLines() : new HandWritten.JacksonTrades();
    fastjson = orders ? new HandWritten.FastjsonOrderLines() : new HandWritten.FastjsonTrades();
    databind =
        new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .registerModule(
                new SimpleModule().addDeserializer(Instant.class, new InstantDeserializer()));
    Random random = new Random(42);
    events = new byte[EVENTS][];
    for (int i = 0; i < EVENTS; i++) {
      events[i] = (orders ? orderLine(i, random) : trade(i, random)).getBytes(UTF_8);
      Record expected = databind.readValue(events[i], type);
      check(expected, dhara.parse(events[i], 0, events[i].length));
      check(expected, jackson.parse(events[i], 0, events[i].length));
      check(expected, fastjson.parse(events[i], 0, events[i].length));
    }
  }

  private static void check(Record expected, Record parsed) {
    if (!expected.equals(parsed)) {
      throw new IllegalStateException("parsed " + parsed + " instead of " + expected);
    }
  }

  private static String orderLine(int i, Random random) {
    String[] countries = {"United Kingdom", "Germany", "France", "España"};
    return String.format(
        "{\"id\":\"%d/%d/%d\",\"at\":\"%s\",\"order\":\"%d\",\"product\":\"%dA\","
            + "\"category\":\"kitchen\",\"country\":\"%s\",\"city\":\"London\","
            + "\"customer\":\"c-%d\",\"quantity\":%d,\"unit_minor\":%d}",
        536_365 + i,
        random.nextInt(90_000),
        i,
        at(random),
        536_365 + i,
        10_000 + random.nextInt(80_000),
        countries[random.nextInt(100) == 0 ? 3 : random.nextInt(3)],
        random.nextInt(5000),
        1 + random.nextInt(20),
        1 + random.nextInt(10_000));
  }

  private static String trade(int i, Random random) {
    return String.format(
        "{\"id\":\"t-%09d\",\"at\":\"%s\",\"symbol\":\"S%d\",\"price_e4\":%d,\"size\":%d,"
            + "\"condition\":\"@\",\"suspicious\":%s}",
        i,
        at(random),
        random.nextInt(500),
        1 + random.nextInt(10_000_000),
        1 + random.nextInt(1000),
        random.nextInt(100) == 0);
  }

  private static Instant at(Random random) {
    return Instant.ofEpochMilli(1_790_000_000_000L + random.nextInt(1_000_000_000));
  }

  @Benchmark
  public void dhara(Blackhole sink) throws BadEvent {
    all(dhara, sink);
  }

  @Benchmark
  public void jacksonByHand(Blackhole sink) throws BadEvent {
    all(jackson, sink);
  }

  @Benchmark
  public void fastjson2ByHand(Blackhole sink) throws BadEvent {
    all(fastjson, sink);
  }

  @Benchmark
  public void jacksonDatabind(Blackhole sink) throws IOException {
    for (byte[] bytes : events) {
      sink.consume(databind.readValue(bytes, type));
    }
  }

  private void all(EventParser<? extends Record> parser, Blackhole sink) throws BadEvent {
    for (byte[] bytes : events) {
      sink.consume(parser.parse(bytes, 0, bytes.length));
    }
  }

  /** As the documentation of a module for java.time would have it: by {@code Instant.parse}. */
  private static final class InstantDeserializer extends FromStringDeserializer<Instant> {
    private static final long serialVersionUID = 1L;

    InstantDeserializer() {
      super(Instant.class);
    }

    @Override
    protected Instant _deserialize(
        String value, com.fasterxml.jackson.databind.DeserializationContext context)
        throws JsonProcessingException {
      return Instant.parse(value);
    }
  }
}
