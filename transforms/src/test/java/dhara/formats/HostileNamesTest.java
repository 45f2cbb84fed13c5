package dhara.formats;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.lessThan;

import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Field names that nobody asked for must not stay in memory, however long they are. */
class HostileNamesTest {

  private static final int EVENTS = 200;
  private static final String LONG = "n".repeat(500_000);

  /** What may be kept, in bytes: a few of the events, of which all are 100 million. */
  private static final long KEPT = 20_000_000;

  private static long kept(EventParser<?> parser, String event) throws BadEvent {
    long before = used();
    for (int i = 0; i < EVENTS; i++) {
      Formats.parse(parser, event.formatted("x" + i + LONG));
    }
    long after = used();
    Formats.parse(parser, event.formatted("")); // the parser is in use until here
    return after - before;
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aParserOfJsonForgetsThem() throws BadEvent {
    EventParser<Formats.At> parser = Formats.json(Formats.At.class);

    assertThat(kept(parser, "{\"at\":\"2026-10-01T12:00:00Z\",\"%s\":1}"), lessThan(KEPT));
  }

  @Test
  void aParserOfJsonInCellsForgetsThem() throws BadEvent {
    EventParser<Formats.Missing> parser =
        CsvFormat.of(Formats.Missing.class, Mapping.none(), ',', List.of("place")).parser();

    assertThat(kept(parser, "\"{\"\"city\"\":\"\"Pune\"\",\"\"%s\"\":1}\""), lessThan(KEPT));
  }

  @Test
  void anEventOfManyValuesIsNotLearned() throws BadEvent {
    EventParser<Formats.At> parser = Formats.json(Formats.At.class);
    String values = "1,".repeat(500_000) + "1";
    long before = used();
    for (int i = 0; i < 6; i++) {
      Formats.parse(parser, "{\"at\":\"2026-10-01T12:00:00Z\",\"x%d\":[%s]}".formatted(i, values));
    }

    assertThat(used() - before, lessThan(KEPT));
    Formats.parse(parser, "{\"at\":\"2026-10-01T12:00:00Z\"}"); // in use until here
  }

  @Test
  void theFieldsOfAFileLeaveOutWhatIsWithinALongName() {
    JsonFields fields = new JsonFields();
    byte[] event =
        "{\"a\":{\"b\":1},\"%s\":{\"c\":1}}".formatted(LONG).getBytes(StandardCharsets.UTF_8);

    fields.add(event, 0, event.length);

    assertThat(fields.names(), contains("a", "a.b"));
  }
}
