package dhara.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.samples.Deal;
import dhara.samples.Sale;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Earlier lines must not change how a line is read. So each line is read twice: by a warm parser,
 * which has read all lines before it, and by a cold one, which is created for this line. {@code
 * -Ddhara.fuzz.lines=} says how many lines of each format.
 */
class WarmAndColdTest {

  private static final int LINES = Integer.getInteger("dhara.fuzz.lines", 10_000);

  private static final Mapping RETAIL =
      Mapping.of(
          List.of(
              "id={InvoiceNo}/{StockCode}/{Quantity}",
              "at=InvoiceDate:local(Europe/London)",
              "order=InvoiceNo",
              "product=StockCode",
              "category='all'",
              "customer=Customer ID",
              "country=Country",
              "quantity=Quantity",
              "unitMinor=Price:decimal(2)"));

  private static final List<String> RETAIL_COLUMNS =
      CsvFormat.columns(
          "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country", ',');

  private static final String TRADE_JSON =
      """
      {"id":§"t-1"§,"at":§"2026-10-01T09:30:00.000123Z"§,"symbol":§"DHRA"§,"price_e4":§123400§,\
      "size":§100§,"condition":§"@"§,"suspicious":§false§}""";

  private static final String RETAIL_JSON =
      """
      {"InvoiceNo":§536365§,"StockCode":§"85123A"§,"Quantity":§"6"§,"Price":§2.55§,\
      "InvoiceDate":§"2010-12-01 08:26:00"§,"Customer ID":§null§,"unread":{"a":[§1§,{"b":§"é"§}]},\
      "Country":§"United Kingdom"§}""";

  private static final String ALL_JSON =
      """
      {"text":§"a"§, "count":§-1§, "total":§9223372036854775807§, "small":§1§, "tiny":§2§,
       "ratio":§0.1§, "rough":§1.5§, "ok":§true§, "color":§"RED"§, "exact":§123.4500§,
       "at":§"2026-10-01T12:00:00+02:00"§, "day":§"2024-02-29"§,
       "place":{"city":§"Pune"§, "floor":§3§}, "tags":[§"x"§,§"y"§], "places":[{"city":§"A"§}]}""";

  private static final String FLAT_JSON =
      """
      {"text":§"a"§,"count":§1§,"total":§2§,"ratio":§5.5§,"ok":§false§,"color":§"red"§,\
      "last_seen_at":§"2026-10-01T00:00:00Z"§,"day":§"2024-02-29"§,"exact":§1.0§,\
      "maybe_text":§"m"§,"maybe_count":§7§,"text":§"b"§}""";

  /** Values as producers write them, right and wrong, and some absurd ones. */
  private static final List<String> JSON_VALUES =
      List.of(
          "0",
          "-0",
          "7",
          "007",
          "-5",
          "1.0",
          "1.",
          ".5",
          "+1",
          "10.5",
          "11.5",
          "1.23456789E7",
          "1.5e1",
          "1e19",
          "1E+2",
          "120e-1",
          "1e",
          "1e5x",
          "1_0",
          "0x1F",
          "NaN",
          "-Infinity",
          "1 2",
          "12 ",
          "2147483648",
          "999999999999999999",
          "9999999999999999999",
          "0.00000000000000000000000000001",
          "true",
          "false",
          "null",
          "true1",
          "truee",
          "nul",
          "nulls",
          "True",
          "[]",
          "{}",
          "[1]",
          "{\"a\":1}",
          "\"\"",
          "\" \"",
          "\"6\"",
          "\" 12 \"",
          "\"1e1\"",
          "\"true\"",
          "\"DARK_GREEN\"",
          "\"é€😀\"",
          "\"\\u00e9\"",
          "\"a\\\"b\"",
          "\"\\ud83d\"",
          "\"a\tb\"",
          "\"a\"b",
          "'a'",
          "\"2020-03-29 01:30:00\"",
          "\"2020-10-25T01:30:00\"",
          "\"2021-02-30 00:00:00\"",
          "\"2026-10-01T12:00:00Z\"",
          "\"2026-10-01T12:00:00.123456+05:30\"",
          "\"2026-10-01\"",
          "\"12.345,60\"",
          "\"1.5\"",
          "\"12,5\"",
          "1.234",
          "\"1/2\"",
          "\"a\\\\\"",
          "\"" + "long ".repeat(40) + "\"",
          "9".repeat(120),
          "9".repeat(1200),
          "[".repeat(120));

  /** Fields within others, numbers as in Germany; a field that is null and one that comes twice. */
  private static final Mapping NESTED =
      Mapping.of(
          List.of(
              "id={order.no}/{order.line.no}",
              "at=\"order.at\":local(dd.MM.yyyy HH:mm;Europe/Berlin)",
              "order=order.no",
              "product=order.line.product",
              "customer=user.id,city=user.\"home.town\",country=''",
              "quantity=order.line.units:decimal(0;,;.)",
              "unitMinor=order.line.price:decimal(2;,;.)"));

  private static final String NESTED_JSON =
      """
      {"order":{"no":§1§,"line":{"no":§"1/2"§,"units":§"1.000"§,"price":§"1.234,56"§,\
      "product":§"p"§},"x":[§1§]},"user":{"id":§"u"§,"home.town":§"Pune"§,"x":{}},\
      "order.at":§"01.12.2010 08:26"§}""";

  private static final String NULL_JSON =
      """
      {"user":{"id":§"v"§,"home.town":§"w"§},"order.at":§"29.03.2020 02:30"§,"user":§null§,\
      "order":{"line":{"no":§2§},"no":§"a"§,"line":{"units":§"7"§,"price":§12.5§,"product":§"q"§}}}""";

  private static final String RETAIL_CSV =
      "§536365§,§85123A§,§\"a \"\"b\"\", c\"§,§6§,§2010-12-01 08:26:00§,§2.55§,§§,§España§";

  private static final List<String> CSV_VALUES =
      List.of(
          "",
          " ",
          "0",
          "-0",
          "7",
          "007",
          "-5",
          "1.0",
          "10.5",
          "1.23456789E7",
          "1e19",
          "1e",
          "\"6\"",
          "\"\"",
          "\" 6 \"",
          "6 ",
          "\"6",
          "6\"",
          "\"a\nb\"",
          "\"a,b\"",
          "\"a\"\"b\"",
          "\"a\"b",
          "é€😀",
          "2020-03-29 01:30:00",
          "2020-10-25T01:30",
          "2021-02-30 00:00:00",
          "1999-12-31 23:59:59.5",
          "true",
          "x,y",
          "a\rb",
          "long ".repeat(40),
          "9".repeat(40));

  /**
   * Lines of a format.
   *
   * @param values what may stand in place of their values
   * @param events good ones, with their values between §
   */
  private record Format(
      String name, EventFormat<?> format, List<String> values, List<String> events) {

    @Override
    public String toString() {
      return name;
    }

    /** An event with none, one or some of its values replaced, and at times broken bytes. */
    byte[] line(Random random) {
      String[] parts = events.get(random.nextInt(events.size())).split("§", -1);
      int replaced = Math.max(0, random.nextInt(6) - 2);
      for (int i = 0; i < replaced; i++) {
        int value = 1 + 2 * random.nextInt(parts.length / 2);
        parts[value] = values.get(random.nextInt(values.size()));
      }
      byte[] line = String.join("", parts).getBytes(UTF_8);
      return random.nextInt(5) == 0 ? Mutations.mutate(line, random) : line;
    }
  }

  private static Stream<Format> formats() {
    return Stream.of(
        new Format(
            "JSON by name",
            JsonFormat.of(Deal.class, Mapping.none()),
            JSON_VALUES,
            List.of(TRADE_JSON)),
        new Format(
            "JSON mapped", JsonFormat.of(Sale.class, RETAIL), JSON_VALUES, List.of(RETAIL_JSON)),
        new Format(
            "JSON nested, in German",
            JsonFormat.of(Sale.class, NESTED),
            JSON_VALUES,
            List.of(NESTED_JSON, NULL_JSON)),
        new Format(
            "JSON of every type",
            JsonFormat.of(Formats.Required.class, Mapping.none()),
            JSON_VALUES,
            List.of(ALL_JSON)),
        new Format(
            "JSON that may lack all",
            JsonFormat.of(Formats.Missing.class, Mapping.none()),
            JSON_VALUES,
            List.of(FLAT_JSON, ALL_JSON)),
        new Format(
            "CSV mapped",
            CsvFormat.of(Sale.class, RETAIL, ',', RETAIL_COLUMNS),
            CSV_VALUES,
            List.of(RETAIL_CSV)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void linesAreReadAsIfNoneHadComeBefore(Format of) {
    Random random = new Random(2026);
    EventParser<?> warm = of.format.parser();
    int events = 0;
    for (int i = 0; i < LINES; i++) {
      byte[] line = of.line(random);
      Object expected = outcome(of.format.parser(), line);
      assertThat(new String(line, UTF_8), outcome(warm, line), is(expected));
      events += expected instanceof Record ? 1 : 0;
    }
    assertThat(events, allOf(greaterThan(LINES / 10), lessThan(LINES * 9 / 10)));
  }

  private static Object outcome(EventParser<?> parser, byte[] line) {
    try {
      return parser.parse(line, 0, line.length);
    } catch (BadEvent e) {
      return e.reason() + ": " + e.getMessage();
    }
  }
}
