package dhara.tools.replay;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/** An analysis of these tests alone: its job reads nothing. */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Tides implements Analysis<Tides.Options> {

  /** Whether to count ebb or flood. */
  public enum Turn {
    EBB,
    FLOOD
  }

  /** A reading. */
  public record Reading(String id, Instant at, String harbour, long level) implements Event {}

  /** A harbour. */
  public record Harbour(String harbour) {}

  /** The highest level. */
  public record High(long level) {}

  /** One option of each type that the others lack. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("The harbour, 100% required, e.g. --harbour=Kochi")
    @Validation.Required
    String getHarbour();

    void setHarbour(String value);

    @Description("Which turn counts")
    @Default.Enum("FLOOD")
    Turn getTurn();

    void setTurn(Turn value);

    @Description("The share of readings to trust")
    @Default.Double(0.5)
    double getTrust();

    void setTrust(double value);
  }

  private static final Input<Reading> READINGS = new Input<>("readings", Reading.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("tides", Options.class)
        .summary("The highest tide of each harbour")
        .reads(READINGS)
        .answers(new Output<>("highs", Harbour.class, High.class))
        .scenario(Scenario.of(READINGS, Tides::readings));
  }

  /** A reading every second. */
  public static Stream<Reading> readings(long seed, long count) {
    return LongStream.range(0, count)
        .mapToObj(
            i -> new Reading(seed + "-" + i, Instant.ofEpochSecond(1_000_000_000 + i), "Köchi", i));
  }

  @Override
  public void build(Flow flow, Options options) {
    throw new UnsupportedOperationException("the jobs of these tests build their own pipelines");
  }

  /** A reading as a line of JSON. */
  public static byte[] line(Record event) {
    Reading reading = (Reading) event;
    return "{\"id\":\"%s\",\"at\":\"%s\",\"harbour\":\"%s\",\"level\":%d}"
        .formatted(reading.id, reading.at, reading.harbour, reading.level)
        .getBytes(StandardCharsets.UTF_8);
  }
}
