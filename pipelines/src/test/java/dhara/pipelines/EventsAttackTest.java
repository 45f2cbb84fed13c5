package dhara.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.RecordFields;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.records.RecordCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The events of all analyses: their classes refuse hostile values as bad data and not by a bug, and
 * what they take can be coded and written.
 */
class EventsAttackTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SAMPLES = 300;

  /**
   * The events of an input.
   *
   * @param samples the fields of some of them, as {@code "name":value}
   */
  private record Target<T extends Record & Event>(Input<T> input, List<List<String>> samples) {

    @Override
    public String toString() {
      return input.type().getSimpleName();
    }
  }

  /** A target for each class of events that a scenario makes. */
  private static Stream<Target<?>> targets() throws IOException {
    Map<String, Target<?>> targets = new TreeMap<>();
    for (Analysis<?> analysis : Analysis.all().values()) {
      for (Scenario.Given<?> given : analysis.scenario().events(7, SAMPLES).toList()) {
        add(given, targets);
      }
    }
    assertThat(targets.size(), greaterThan(20));
    return targets.values().stream();
  }

  private static <T extends Record & Event> void add(
      Scenario.Given<T> given, Map<String, Target<?>> targets) throws IOException {
    Input<T> input = given.input();
    targets.putIfAbsent(input.type().getName(), new Target<>(input, new ArrayList<>()));
    List<String> fields = new ArrayList<>();
    JsonNode event = JSON.readTree(RecordFields.of(input.type()).json(given.event()));
    event.fields().forEachRemaining(f -> fields.add("\"" + f.getKey() + "\":" + f.getValue()));
    targets.get(input.type().getName()).samples().add(fields);
  }

  @ParameterizedTest
  @MethodSource("targets")
  <T extends Record & Event> void anEventIsTakenOrIsADeadLetter(Target<T> target) {
    Class<T> type = target.input.type();
    EventParser<T> parser = JsonFormat.of(type, Mapping.none()).parser();
    RecordCoder<T> coder = RecordCoder.of(type);
    RecordFields<T> fields = RecordFields.of(type);
    Map<String, Long> ends =
        Attack.of("events " + target, 3)
            .on(
                random -> {
                  String event = Hostile.object(Hostile.one(target.samples, random), random);
                  byte[] bytes = Hostile.bytes(event);
                  return random.nextInt(4) > 0 ? bytes : Hostile.broken(bytes, random);
                },
                bytes -> {
                  T event;
                  try {
                    event = parser.parse(bytes, 0, bytes.length);
                  } catch (BadEvent e) {
                    return e.reason().toString();
                  }
                  T coded =
                      CoderUtils.decodeFromByteArray(
                          coder, CoderUtils.encodeToByteArray(coder, event));
                  if (coder.consistentWithEquals() && !coded.equals(event)) {
                    throw new AssertionError(coded + " is coded of " + event);
                  }
                  fields.json(event);
                  return "event";
                });

    assertThat(ends.toString(), ends.get("event"), is(notNullValue()));
  }
}
