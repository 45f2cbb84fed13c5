package dhara.formats;

import static dhara.formats.Formats.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dhara.formats.Formats.Missing;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import dhara.samples.Deal;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLayoutTest {

  private static final String TRADE =
      """
      {"id":"t-1", "at":"2026-10-01T09:30:00.000123Z", "unread":{"a":[1,"b",null]},
       "symbol":"DHRA","price_e4":123400,"size":100,"condition":"@","suspicious":false}""";

  /** Sequences of events for one parser each; some have no repeated layout for long. */
  private static final List<String> EVENTS =
      List.of(
          TRADE,
          TRADE.replace("\"condition\":\"@\",", ""),
          TRADE.replace("DHRA", "é€😀"),
          TRADE.replace("123400", "\"123400.0\""),
          TRADE.replace("\"@\"", "null"),
          TRADE.replace("\"unread\":", "\"un\\u0072ead\":"),
          TRADE.replace("123400", "1234e2"),
          TRADE.replace(" ", ""));

  @Test
  void aParserThatKnowsLayoutsReadsAsOneThatKnowsNone() {
    Random random = new Random(2026);
    EventParser<Deal> knowing = json(Deal.class);
    EventParser<Missing> others = json(Missing.class);
    int parsed = 0;
    for (int i = 0; i < 7_000; i++) {
      byte[] good = EVENTS.get(random.nextInt(1 + i / 1000)).getBytes(UTF_8);
      byte[] event = random.nextInt(3) == 0 ? good : Mutations.mutate(good, random);
      Object expected = outcome(json(Deal.class), event);
      assertThat(new String(event, UTF_8), outcome(knowing, event), is(expected));
      assertThat(outcome(others, event), is(outcome(json(Missing.class), event)));
      parsed += expected instanceof Deal ? 1 : 0;
    }
    assertThat(parsed, greaterThan(2_500));
  }

  private static Object outcome(EventParser<?> parser, byte[] event) {
    try {
      return parser.parse(event, 0, event.length);
    } catch (BadEvent e) {
      return e.reason() + ": " + e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"x\",\"size\":2}            | true",
        "{\"id\":\"\",\"size\":-12.50}        | true",
        "{\"id\":true,\"size\":null}          | true",
        "{\"id\":false,\"size\":\"1e1\"}      | true",
        "{\"id\":\"longer than eight {[,:\",\"size\":0} | true",
        "{\"id\":\"é\",\"size\":0.0}          | true",
        "{\"id\":\"a\\\\b\",\"size\":2}       | false",
        "{\"id\":\"12345678\\\\b\",\"size\":2} | false",
        "{\"id\":\"x\",\"size\":1e1}          | false",
        "{\"id\":\"x\",\"size\":01}           | false",
        "{\"id\":\"x\",\"size\":-}            | false",
        "{\"id\":\"x\",\"size\":1.}           | false",
        "{\"id\":\"x\",\"size\":.1}           | false",
        "{\"id\":\"x\",\"size\":+1}           | false",
        "{\"id\":\"x\",\"size\":nul}          | false",
        "{\"id\":\"x\",\"size\":truee}        | false",
        "{\"id\":\"x\",\"size\":{}}           | false",
        "{\"id\":\"x\",\"size\":2}}           | false",
        "{\"id\":\"x\",\"size\":2             | false",
        "{\"id\":\"x\",\"size\":2,\"a\":1}    | false",
        "{\"id\":\"x\"}                       | false",
        "{\"id\":\"x                          | false",
        "{\"ID\":\"x\",\"size\":2}            | false",
        "{\"id\":\"x\", \"size\":2}           | false",
        "{\"id\" :\"x\",\"size\":2}           | false",
      })
  void anEventIsOfALayoutIfItsValuesAloneDifferAndArePlain(String event, boolean read)
      throws IOException, BadEvent {
    JsonLayout layout = layout("{\"id\":\"t\",\"size\":1}");
    assertThat(layout, notNullValue());
    byte[] bytes = (event + " x").getBytes(UTF_8);
    int end = bytes.length - 2;
    assertThat(layout.read(bytes, 0, end, reader(), new Text()), is(read));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"b\" | \"%\"          | a value that nothing asks for",
        "\"b\" | \"12345678%\"  | behind eight bytes",
        "DHRA    | %            | a component",
        "100     | %            | a number",
        "100     | x,\"n\":\"%\" | behind a layout",
      })
  void whatIsNoUtf8IsSoWhereverItStands(String text, String put, String where) throws BadEvent {
    EventParser<Deal> knowing = json(Deal.class);
    assertThat(Formats.parse(knowing, TRADE), notNullValue());
    for (String trade : List.of(TRADE, TRADE.replace("123400", "wrong"))) {
      byte[] event = trade.replace(text, put).getBytes(UTF_8);
      for (byte bad : new byte[] {(byte) 0x80, (byte) 0xC3, (byte) 0xED, (byte) 0xFF}) {
        byte[] broken = event.clone();
        broken[new String(event, UTF_8).indexOf('%')] = bad;
        Object outcome = outcome(knowing, broken);
        assertThat(where, outcome, is(outcome(json(Deal.class), broken)));
        assertThat(where, outcome.toString(), containsString("UTF-8"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "007",
        "-5",
        "2147483647",
        "2147483648",
        "999999999999999999",
        "9999999999999999999",
        "10.0",
        "10.5",
        "1e2",
        "\"100\"",
        "\"\"",
        "true",
        "null",
        "[]"
      })
  void aNumberIsReadAsWithoutALayout(String number) throws BadEvent {
    EventParser<Deal> knowing = json(Deal.class);
    assertThat(Formats.parse(knowing, TRADE), notNullValue());
    for (String replaced : List.of("123400", "100", "false", "\"DHRA\"")) {
      byte[] event = TRADE.replace(replaced, number).getBytes(UTF_8);
      assertThat(replaced, outcome(knowing, event), is(outcome(json(Deal.class), event)));
    }
  }

  @Test
  void whiteSpaceMayFollow() throws IOException, BadEvent {
    byte[] event = "{\"id\":\"t\"} \t\r\n".getBytes(UTF_8);
    assertThat(
        layout("{\"id\":\"t\"}").read(event, 0, event.length, reader(), new Text()), is(true));
  }

  @Test
  void everyByteAroundTheValuesCounts() throws IOException, BadEvent {
    String event = "{\"a\":1,\"b8901\":2,\"b89012\":3,\"id\":\"t\",\"b89012345678901234\":4}";
    JsonLayout layout = layout(event);
    byte[] bytes = event.getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      byte[] other = bytes.clone();
      other[i] ^= 1;
      boolean value = Character.isDigit(event.charAt(i)) && event.charAt(i - 1) == ':';
      boolean text = event.charAt(i) == 't';
      assertThat(
          event.substring(0, i),
          layout.read(other, 0, other.length, reader(), new Text()),
          is(value || text));
    }
  }

  @Test
  void controlCharactersAreForJacksonToJudge() throws IOException, BadEvent {
    JsonLayout layout = layout("{\"id\":\"t\",\"size\":1}");
    for (char c = 0; c < 0x80; c++) {
      for (String id : List.of("%c", "1234%c", "1234567%c9", "123456789012345%c")) {
        byte[] event = ("{\"id\":\"" + id.replace("%c", "" + c) + "\",\"size\":1}").getBytes(UTF_8);
        assertThat(
            id + (int) c,
            layout.read(event, 0, event.length, reader(), new Text()),
            is(c >= ' ' && c != '"' && c != '\\'));
      }
    }
  }

  @Test
  void anyTextIsLearnedFrom() throws IOException, BadEvent {
    JsonLayout layout = layout("{\"other\":\"é\",\"id\":\"€😀\"}");
    assertThat(layout, notNullValue());
    byte[] event = "{\"other\":\"\",\"id\":\"12345678ü\"}".getBytes(UTF_8);
    assertThat(layout.read(event, 0, event.length, reader(), new Text()), is(true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":{\"a\":1}}      | a component that is an object",
        "{\"id\":\"a\\\\b\"}     | an escape",
        "{\"other\":1e5}         | an exponent",
        "{\"size\":1E5}          | an exponent",
      })
  void whatIsNotPlainHasNoLayout(String event, String why) throws IOException {
    assertThat(why, layout(event), nullValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"u\":{\"id\":\"t\",\"x\":[1]},\"n\":1} | true  | fields within an object",
        "{\"u\":{\"v\":{\"w\":1}},\"n\":1}       | true  | fields of its objects",
        "{\"u\":null,\"n\":1}                    | true  | no object",
        "{\"u\":{\"id\":[1]},\"n\":1}            | false | an array for a text",
        "{\"u\":[],\"n\":1}                      | false | an array for an object",
        "{\"u\":{},\"u\":{\"id\":1},\"n\":1}     | false | an object that comes twice",
      })
  void fieldsWithinObjectsAreOfALayout(String event, boolean has, String why)
      throws IOException, BadEvent {
    RecordReader<Missing> reader =
        RecordReader.of(Missing.class, Mapping.of(List.of("text=u.id,maybeText=u.v.w,count=n")));
    byte[] bytes = event.getBytes(UTF_8);
    JsonLayout layout = JsonLayout.of(bytes, 0, bytes.length, JsonEvents.factory(), reader);
    assertThat(why, layout != null, is(has));
    if (layout != null) {
      assertThat(layout.read(bytes, 0, bytes.length, reader, new Text()), is(true));
      assertThat(reader.finish().text(), is(event.contains("\"t\"") ? "t" : null));
    }
  }

  @Test
  void whatAComponentRefusesIsForJacksonToJudge() throws IOException, BadEvent {
    JsonLayout layout = layout("{\"id\":\"t\",\"size\":1,\"count\":2}");
    for (String count : List.of("1.5e1", "true1", "1e19", "\"x\"", "2.5", "3000000000")) {
      byte[] event = ("{\"id\":\"t\",\"size\":1,\"count\":" + count + "}").getBytes(UTF_8);
      assertThat(count, layout.read(event, 0, event.length, reader(), new Text()), is(false));
    }
  }

  /** Prices as Java's Double.toString writes them. */
  @Test
  void anExponentIsReadWhateverCameBefore() throws BadEvent {
    List<String> prices = List.of("10.5", "11.5", "1.23456789E7", "1.5e1");
    List<Long> minors = List.of(1050L, 1150L, 1_234_567_890L, 1500L);
    for (int first = 0; first < 4; first++) {
      EventParser<Formats.Amount> parser = json(Formats.Amount.class, "minor=price:decimal(2)");
      for (int i = 0; i < 8; i++) {
        int at = (first + i) % 4;
        assertThat(
            Formats.parse(parser, "{\"price\":" + prices.get(at) + "}").minor(),
            is(minors.get(at)));
      }
    }
  }

  record Stamped(@Nullable Instant at, @Nullable String name, @Nullable String both) {}

  @Test
  void templatesAndFieldsOfSeveralComponentsAreReadByLayoutsToo() throws BadEvent {
    EventParser<Stamped> parser = json(Stamped.class, "name=who", "both={who}/{n}");
    for (int i = 0; i < 3; i++) {
      assertThat(
          Formats.parse(parser, "{\"n\":" + i + ",\"who\":\" x\",\"at\":\"2026-01-01T00:00:00Z\"}"),
          is(new Stamped(Instant.parse("2026-01-01T00:00:00Z"), " x", " x/" + i)));
    }
  }

  @Test
  void eventsThatAreNeverAlikeAreReadAllTheSame() throws BadEvent {
    EventParser<Stamped> parser = json(Stamped.class);
    for (int i = 0; i < 5000; i++) {
      String event = "{\"k" + i + "\":" + i + ",\"name\":\"n" + i + "\"}";
      assertThat(Formats.parse(parser, event).name(), is("n" + i));
    }
  }

  private static RecordReader<Missing> reader() {
    return RecordReader.of(Missing.class, Mapping.of(List.of("text=id", "maybeText=size")));
  }

  private static @Nullable JsonLayout layout(String event) throws IOException {
    byte[] bytes = event.getBytes(UTF_8);
    return JsonLayout.of(bytes, 0, bytes.length, JsonEvents.factory(), reader());
  }
}
