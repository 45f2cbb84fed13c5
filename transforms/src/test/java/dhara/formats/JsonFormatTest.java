package dhara.formats;

import static dhara.formats.Formats.bad;
import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.DeadLetter.Reason;
import dhara.formats.Formats.Blob;
import dhara.formats.Formats.Missing;
import dhara.formats.Formats.Place;
import dhara.formats.Formats.Required;
import dhara.formats.text.BadEvent;
import dhara.samples.Deal;
import dhara.samples.Sale;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFormatTest {

  private static final String TRADE =
      """
      {"id":"t-1","at":"2026-10-01T09:30:00.000123Z","symbol":"DHRA","price_e4":123400,\
      "size":100,"condition":"@","suspicious":false}""";

  private static final String ALL =
      """
      {"text":"a \\"b\\" \\u00e9 \\ud83d\\ude00 é", "count":-1, "total":9223372036854775807,
       "small":-32768, "tiny":127, "ratio":0.1, "rough":1e-3, "ok":true, "color":"dark_green",
       "at":"2026-10-01T12:00:00+02:00", "day":"2024-02-29", "exact":123.4500,
       "place":{"unknown":[{}], "city":"Pune", "floor":3}, "tags":["x","y"],
       "places":[{"city":"A"},{"floor":null,"city":"B"}]}""";

  @Test
  void everyTypeOfComponentIsRead() throws BadEvent {
    assertThat(
        parse(json(Required.class), ALL),
        is(
            new Required(
                "a \"b\" é 😀 é",
                -1,
                Long.MAX_VALUE,
                Short.MIN_VALUE,
                Byte.MAX_VALUE,
                0.1,
                1e-3f,
                true,
                Formats.Color.DARK_GREEN,
                Instant.parse("2026-10-01T10:00:00Z"),
                LocalDate.of(2024, 2, 29),
                new BigDecimal("123.4500"),
                new Place("Pune", 3),
                List.of("x", "y"),
                List.of(new Place("A", null), new Place("B", null)))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"text\":null,\"count\":null,\"place\":null,\"numbers\":null,\"maybe_text\":null}",
        "{\"text\":\"\",\"count\":\"\",\"color\":\" \",\"last_seen_at\":\"\",\"maybeCount\":\"\"}",
        "{\"count\":1,\"count\":null,\"maybeText\":\"x\",\"maybeText\":null}"
      })
  void whatMayBeMissingIsNullOrEmpty(String event) throws BadEvent {
    Missing nothing =
        new Missing(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Optional.empty(),
            Optional.empty());
    EventParser<Missing> parser = json(Missing.class);
    parse(parser, "{\"count\":5,\"maybe_text\":\"left over\",\"place\":{\"city\":\"C\"}}");
    assertThat(parse(parser, event), is(nothing));
  }

  @Test
  void boxesAndOptionalsHoldWhatIsThere() throws BadEvent {
    Missing there =
        parse(
            json(Missing.class),
            "{\"count\":1,\"total\":2,\"small\":3,\"tiny\":4,\"ratio\":5.5,\"rough\":6.5,\"ok\":0,"
                + "\"lastSeenAt\":\"2026-10-01T00:00:00Z\",\"numbers\":[1,\"2\",3.0],"
                + "\"maybe_text\":\"m\",\"maybe_count\":7}");
    assertThat(
        there,
        is(
            new Missing(
                null,
                1,
                2L,
                (short) 3,
                (byte) 4,
                5.5,
                6.5f,
                false,
                null,
                Instant.parse("2026-10-01T00:00:00Z"),
                null,
                null,
                null,
                List.of(1L, 2L, 3L),
                Optional.of("m"),
                Optional.of(7))));
  }

  @Test
  void bytesAreBase64() throws BadEvent {
    assertThat(
        HexFormat.of().formatHex(parse(json(Blob.class), "{\"content\":\"/wAB\"}").content()),
        is("ff0001"));
    assertThat(bad(json(Blob.class), "{\"content\":\"?\"}").reason(), is(Reason.WRONG_TYPE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12           | 12",
        "'\"12\"'     | 12",
        "\" 12 \"     | 12",
        "12.0         | 12",
        "1.2e1        | 12",
        "120e-1       | 12",
        "-9223372036854775808 | -9223372036854775808",
        "\"+9223372036854775807.000\" | 9223372036854775807",
        "0e999999999  | 0",
      })
  void wholeNumbersComeInManyFormsButExactly(String number, long minor) throws BadEvent {
    String plain = number.replace("'", "");
    assertThat(parse(json(Formats.Amount.class), "{\"minor\":" + plain + "}").minor(), is(minor));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"12.34  | 1234", "12     | 1200", "-0.01 | -1", "12.3400 | 1234", "\"1e1\" | 1000"})
  void decimalsBecomeMinorUnits(String number, long minor) throws BadEvent {
    EventParser<Formats.Amount> parser = json(Formats.Amount.class, "minor=price:decimal(2)");
    assertThat(parse(parser, "{\"price\":" + number + "}").minor(), is(minor));
    assertThat(
        bad(parser, "{\"price\":12.345}").getMessage(),
        is("price '12.345' has more than 2 decimals"));
  }

  @Test
  void aWholeTradeIsReadWhateverIsAroundIt() throws BadEvent {
    Deal trade =
        new Deal(
            "t-1", Instant.parse("2026-10-01T09:30:00.000123Z"), "DHRA", 123400, 100, "@", false);
    EventParser<Deal> parser = json(Deal.class);
    for (String event :
        List.of(
            TRADE,
            "\uFEFF \r\n\t" + TRADE + " \r\n",
            "{\"x\":{\"y\":[1,{\"z\":null}]}," + TRADE.substring(1),
            TRADE
                .replace("\"size\":100", "\"size\":\"zero\"")
                .replace("zero", "7")
                .replace("}", ",\"size\":100}"),
            "{" + " ".repeat(20_000) + TRADE.substring(1) + " ".repeat(20_000))) {
      assertThat(parse(parser, event), is(trade));
    }
    byte[] within = ("xx" + TRADE + "yy").getBytes(UTF_8);
    assertThat(parser.parse(within, 2, within.length - 4), is(trade));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                       | EMPTY         | has no bytes",
        "`  `                                     | EMPTY         | white space",
        "null                                     | MALFORMED     | is no JSON object",
        "[1]                                      | MALFORMED     | is no JSON object",
        "{\"id\":\"t-1\"                          | MALFORMED     | byte 11",
        "{'id':1}                                 | MALFORMED     | near byte 2, Unexpected",
        "{id:1}                                   | MALFORMED     | no JSON",
        "{\"id\":1,}                              | MALFORMED     | no JSON",
        "{\"id\":1 /* one */}                     | MALFORMED     | no JSON",
        "{\"id\":01}                              | MALFORMED     | at or after id",
        "{\"id\":\"a}                             | MALFORMED     | no JSON",
        "{} {}                                    | MALFORMED     | goes on after the JSON object",
        "{}x                                      | MALFORMED     | goes on after the JSON object",
        "{\"id\":\"\\ud83d\"}                     | WRONG_TYPE    | half of a surrogate pair",
        "{\"size\":NaN}                           | WRONG_TYPE    | size: NaN",
        "{\"size\":\"NaN\"}                       | WRONG_TYPE    | size 'NaN' is no number",
        "{\"price_e4\":\"Infinity\"}              | WRONG_TYPE    | price_e4 'Infinity'",
        "{\"size\":true}                          | WRONG_TYPE    | size 'true' is no number",
        "{\"size\":{\"a\":1}}                     | WRONG_TYPE    | size is an object",
        "{\"id\":[1]}                             | WRONG_TYPE    | id is an array: it is no text",
        "{\"id\":{}}                              | WRONG_TYPE    | id is an object: it is no text",
        "{\"suspicious\":\"maybe\"}               | WRONG_TYPE    | suspicious 'maybe'",
        "{\"at\":\"2026-02-30T00:00:00Z\"}        | WRONG_TYPE    | at '2026-02-30T00:00:00Z'",
        "{\"at\":1790000000}                      | WRONG_TYPE    | at '1790000000' is no time",
        "{\"size\":12.5}                          | OUT_OF_RANGE  | size '12.5' is no whole number",
        "{\"size\":9223372036854775808}           | OUT_OF_RANGE  | is beyond what fits long",
        "{}                                       | MISSING_FIELD | id is missing",
        "{\"id\":null}                            | MISSING_FIELD | id is null",
        "{\"id\":\"\"}                            | MISSING_FIELD | id is empty",
        "{\"id\":\"a\",\"at\":\" \"}              | MISSING_FIELD | at is empty",
      })
  void whatIsNoTradeIsABadEventWithItsReason(String event, Reason reason, String said) {
    BadEvent bad = bad(json(Deal.class), event);
    assertThat(bad.getMessage(), bad.reason(), is(reason));
    assertThat(bad.getMessage(), containsString(said));
  }

  @Test
  void whatIsTooLargeIsSaidWithItsPlace() {
    assertThat(
        bad(json(Deal.class), "{\"size\":" + "9".repeat(1200) + "}").getMessage(),
        is(
            "is no JSON near byte 1208, at or after size:"
                + " Number length (1200) exceeds the maximum length (1000)"));
    assertThat(
        bad(json(Deal.class), "{\"x\":" + "[".repeat(120) + "}").getMessage(),
        is(
            "is no JSON near byte 105, Depth (101) exceeds the maximum allowed nesting depth (100)"));
  }

  @Test
  void whatIsMissingOfAComponentIsNamed() {
    assertThat(
        bad(json(Deal.class, "symbol=Ticker"), "{\"id\":1,\"at\":\"2026-10-01T00:00:00Z\"}")
            .getMessage(),
        is("Ticker is missing: symbol is read from it"));
    assertThat(
        bad(json(Deal.class, "id={a}/{b}"), "{\"c\":1}").getMessage(),
        is("a and b are missing: id is made of that"));
  }

  @Test
  void whatCannotHaveHappenedIsInvalidInTheRecordsWords() {
    BadEvent bad = bad(json(Deal.class), TRADE.replace("\"size\":100", "\"size\":-5"));
    assertThat(bad.reason(), is(Reason.INVALID));
    assertThat(bad.getMessage(), is("size is not above zero: -5"));
  }

  @Test
  void fieldsOfInnerRecordsAreNamedByTheirPath() {
    assertThat(
        bad(json(Required.class), "{\"place\":{\"city\":\"A\",\"floor\":\"top\"}}").getMessage(),
        is("place.floor 'top' is no number"));
    assertThat(
        bad(json(Required.class), "{\"places\":[{}]}").getMessage(), is("places.city is missing"));
    assertThat(
        bad(json(Required.class), "{\"tags\":[null]}").getMessage(), is("tags holds a null"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0AF", "EDA080", "FF", "C3", "F4908080", "E28282E282"})
  void bytesThatAreNoUtf8AreFoundEvenWhereNothingReadsThem(String hex) {
    byte[] start = "{\"unread\":\"".getBytes(UTF_8);
    byte[] broken = HexFormat.of().parseHex(hex);
    byte[] bytes = Arrays.copyOf(start, start.length + broken.length + 2);
    System.arraycopy(broken, 0, bytes, start.length, broken.length);
    bytes[bytes.length - 2] = '"';
    bytes[bytes.length - 1] = '}';
    BadEvent bad =
        assertThrows(BadEvent.class, () -> json(Deal.class).parse(bytes, 0, bytes.length));
    assertThat(bad.reason(), is(Reason.NOT_UTF8));
  }

  @Test
  void bombsAreMalformedOrOutOfRange() {
    EventParser<Required> parser = json(Required.class);
    Map<String, Reason> bombs =
        Map.of(
            "{\"x\":" + "[".repeat(100_000),
            Reason.MALFORMED,
            "{\"a\":".repeat(100_000),
            Reason.MALFORMED,
            "{\"total\":" + "9".repeat(10_000) + "}",
            Reason.MALFORMED,
            "{\"total\":\"" + "9".repeat(10_000) + "\"}",
            Reason.OUT_OF_RANGE,
            "{\"exact\":1e999999999}",
            Reason.OUT_OF_RANGE,
            "{\"exact\":\"" + "1".repeat(1_000_000) + "\"}",
            Reason.OUT_OF_RANGE,
            "{\"total\":1e999999999}",
            Reason.OUT_OF_RANGE,
            "{\"ratio\":1e999}",
            Reason.OUT_OF_RANGE,
            "{\"rough\":1e39}",
            Reason.OUT_OF_RANGE,
            "{\u0000\"\u0000a\u0000\"\u0000:\u00001\u0000}\u0000",
            Reason.MALFORMED);
    bombs.forEach(
        (event, reason) -> {
          BadEvent bad = bad(parser, event);
          assertThat(bad.getMessage(), bad.reason(), is(reason));
          assertThat(bad.getMessage().length() < 400, is(true));
        });
  }

  @Test
  void fieldNamesThatAreNeverTheSameDoNotPileUpNorDisturb() throws BadEvent {
    EventParser<Deal> parser = json(Deal.class);
    for (int i = 0; i < 50_000; i++) {
      String event = "{\"k" + i + "\":{\"v" + i + "\":1}," + TRADE.substring(1);
      assertThat(parse(parser, event).size(), is(100L));
    }
  }

  @Test
  void nothingButABadEventEscapesFromAnyBytes() {
    Random random = new Random(2026);
    List<String> good =
        List.of(TRADE, ALL, "{\"numbers\":[1,2],\"place\":{\"city\":\"é\"},\"maybeCount\":1}");
    List<EventParser<?>> parsers =
        List.of(json(Deal.class), json(Required.class), json(Missing.class));
    int parsed = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = Mutations.mutate(good.get(i % 3).getBytes(UTF_8), random);
      try {
        parsers.get(i % 3).parse(bytes, 0, bytes.length);
        parsed++;
      } catch (BadEvent expected) {
        assertThat(expected.getMessage().isEmpty(), is(false));
      }
    }
    assertThat(parsed, greaterThan(1000));
    for (int i = 0; i < 3; i++) {
      EventParser<?> parser = parsers.get(i);
      byte[] bytes = good.get(i).getBytes(UTF_8);
      assertDoesNotThrow(() -> parser.parse(bytes, 0, bytes.length));
    }
  }

  @Test
  @SuppressWarnings("NullablePrimitive") // which is what is refused
  void componentsThatNoFormatReadsAreRefused() {
    record Odd(Object thing) {}
    record Box(Integer count) {}
    record Loop(@Nullable Loop inner) {}
    record Mapped(Map<String, String> map) {}
    record Never(@Nullable long count) {}
    record Shared(Place a, Place b) {}
    assertThat(refusal(Odd.class), containsString("Odd.thing is a java.lang.Object"));
    assertThat(
        refusal(Box.class), allOf(containsString("make it int"), containsString("@Nullable")));
    assertThat(refusal(Never.class), containsString("Never.count is a long, which is never null"));
    assertThat(refusal(Loop.class), containsString("within itself"));
    assertThat(refusal(Mapped.class), containsString("which no format reads"));
    assertThat(refusal(Shared.class, "a=p", "b=p"), containsString("the field 'p' is 'a' and 'b'"));
  }

  record Fussy(long a, long b) {
    Fussy {
      a /= b;
    }
  }

  @Test
  void aRecordThatThrowsSomethingElseThanARefusalIsABug() {
    EventParser<Fussy> parser = json(Fussy.class);
    byte[] bytes = "{\"a\":1,\"b\":0}".getBytes(UTF_8);
    EventBug bug = assertThrows(EventBug.class, () -> parser.parse(bytes, 0, bytes.length));
    assertThat(
        bug.getMessage(),
        is(
            "the constructor of Fussy threw java.lang.ArithmeticException: / by zero; it refuses a"
                + " value by an IllegalArgumentException, and anything else is a bug of it"));
    assertThat(bug.getSuppressed()[0], is(instanceOf(ArithmeticException.class)));
  }

  @Test
  void anOrderLineIsReadFromSnakeCaseAndCamelCase() throws BadEvent {
    String event =
        "{\"id\":\"a\",\"at\":\"2026-10-01T00:00:00Z\",\"order\":1,\"product\":\"p\","
            + "\"quantity\":2,\"unit_minor\":3}";
    EventParser<Sale> parser = json(Sale.class);
    assertThat(parse(parser, event), is(parse(parser, event.replace("unit_minor", "unitMinor"))));
  }

  private static String refusal(Class<? extends Record> type, String... mapping) {
    return assertThrows(IllegalArgumentException.class, () -> json(type, mapping)).getMessage();
  }
}
