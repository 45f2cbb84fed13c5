package dhara.formats;

import static dhara.fuzz.Hostile.bytes;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.samples.Deal;
import dhara.samples.Sale;
import dhara.tokens.Tokens;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes a source gives, a parser makes an event of them or says why not. */
class ParseAttackTest {

  private static final List<String> ALL =
      List.of(
          "\"text\":\"a\"",
          "\"count\":-1",
          "\"total\":9223372036854775807",
          "\"small\":1",
          "\"tiny\":2",
          "\"ratio\":0.1",
          "\"rough\":1.5",
          "\"ok\":true",
          "\"color\":\"RED\"",
          "\"exact\":123.4500",
          "\"at\":\"2026-10-01T12:00:00+02:00\"",
          "\"day\":\"2024-02-29\"",
          "\"place\":{\"city\":\"Pune\",\"floor\":3}",
          "\"tags\":[\"x\",\"y\"]",
          "\"places\":[{\"city\":\"A\"}]",
          "\"numbers\":[1,2]",
          "\"content\":\"AAEC\"");

  private static final List<String> TRADE =
      List.of(
          "\"id\":\"t-1\"",
          "\"at\":\"2026-10-01T09:30:00.000123Z\"",
          "\"symbol\":\"DHRA\"",
          "\"price_e4\":123400",
          "\"size\":100",
          "\"condition\":\"@\"",
          "\"suspicious\":false");

  private static final List<String> ORDER =
      List.of(
          "\"order\":{\"no\":1,\"line\":{\"no\":\"1/2\",\"units\":\"1.000\",\"price\":\"1,5\",\"product\":\"p\"}}",
          "\"user\":{\"id\":\"u\",\"home.town\":\"Pune\"}",
          "\"order.at\":\"01.12.2010 08:26\"",
          "\"seen\":1291191960.5");

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

  private static final Mapping TOKENISED =
      Mapping.none()
          .tokenised(
              Tokens.of(List.of("symbol", "condition"), new TokenisedTest.Key("env:KEY")),
              List.of("id", "at", "symbol", "priceE4", "size", "condition", "suspicious"));

  private static final Mapping SECONDS =
      Mapping.of(
          List.of(
              "id={order.no}",
              "at=seen:epochSeconds",
              "order=order.no",
              "product=order.line.product",
              "quantity='1'",
              "unitMinor=order.no:decimal(2)"));

  private static final List<String> COLUMNS =
      List.of(
          "text", "count", "total", "ratio", "exact", "last_seen_at", "place", "numbers", "day");

  private static final String ROW =
      "a,-1,7,0.1,123.45,2026-10-01T12:00:00Z,\"{\"\"city\"\":\"\"Pune\"\"}\",\"[1,2]\",2024-02-29";

  private static final String SALE =
      "536365,85123A,\"a \"\"b\"\", c\",6,2010-12-01 08:26:00,2.55,,España";

  private static final Mapping RETAIL =
      Mapping.of(
          List.of(
              "id={InvoiceNo}/{StockCode}/{Quantity}",
              "at=InvoiceDate:local(Europe/London)",
              "order=InvoiceNo",
              "product=StockCode",
              "quantity=Quantity",
              "unitMinor=Price:decimal(2)"));

  private static final List<String> RETAIL_COLUMNS =
      List.of(
          "InvoiceNo", "StockCode", "Text", "Quantity", "InvoiceDate", "Price", "Id", "Country");

  /**
   * What is attacked.
   *
   * @param good an event
   * @param fields the fields of an event in JSON; none for CSV
   */
  private record Target(String name, EventFormat<?> format, String good, List<String> fields) {

    static Target json(
        String name, Class<? extends Record> type, Mapping mapping, List<String> fields) {
      String good = "{" + String.join(",", fields) + "}";
      return new Target(name, JsonFormat.of(type, mapping), good, fields);
    }

    byte[] made(SplittableRandom random) {
      String line =
          fields.isEmpty()
              ? random.nextInt(3) > 0 ? good : row(random)
              : Hostile.object(fields, random);
      return random.nextInt(3) == 0 ? Hostile.broken(bytes(line), random) : bytes(line);
    }

    private String row(SplittableRandom random) {
      String[] cells = good.split(",", -1);
      cells[random.nextInt(cells.length)] =
          random.nextBoolean() ? Hostile.text(random) : '"' + Hostile.value(random) + '"';
      return String.join(",", cells);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Target> targets() {
    return Stream.of(
        Target.json("JSON of every type", Formats.Required.class, Mapping.none(), ALL),
        Target.json("JSON that may lack all", Formats.Missing.class, Mapping.none(), ALL),
        Target.json("JSON of bytes", Formats.Blob.class, Mapping.none(), ALL.subList(16, 17)),
        Target.json("JSON by name", Deal.class, Mapping.none(), TRADE),
        Target.json("JSON with tokens", Deal.class, TOKENISED, TRADE),
        Target.json("JSON nested", Sale.class, NESTED, ORDER),
        Target.json("JSON in seconds", Sale.class, SECONDS, ORDER),
        new Target(
            "CSV with JSON in it",
            CsvFormat.of(Formats.Missing.class, Mapping.none(), ',', COLUMNS),
            ROW,
            List.of()),
        new Target(
            "CSV mapped", CsvFormat.of(Sale.class, RETAIL, ',', RETAIL_COLUMNS), SALE, List.of()));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void bytesAreAnEventOrADeadLetterAndTheNextEventIsAsBefore(Target target) {
    EventParser<?> parser = target.format.parser();
    byte[] good = bytes(target.good);
    String first = end(parser, good, 0);
    assertThat(first, startsWith("event "));

    Map<String, Long> ends =
        Attack.of("parse " + target, 25)
            .on(
                target::made,
                bytes -> {
                  // Within others, which must not be looked at.
                  byte[] around = new byte[bytes.length + 6];
                  System.arraycopy(bytes, 0, around, 3, bytes.length);
                  String end = end(parser, around, 3);
                  String next = end(parser, good, 0);
                  if (!next.equals(first)) {
                    throw new AssertionError("then a good event is " + next);
                  }
                  return end.substring(0, end.indexOf(" "));
                });

    assertThat(first, ends.keySet(), hasItems("event", "MALFORMED", "NOT_UTF8", "WRONG_TYPE"));
  }

  private static String end(EventParser<?> parser, byte[] bytes, int around) {
    try {
      return "event " + shown(parser.parse(bytes, around, bytes.length - 2 * around));
    } catch (BadEvent e) {
      return e.reason() + " " + e.getMessage();
    }
  }

  /** Arrays have no text of their content. */
  private static String shown(Object event) {
    return event instanceof Formats.Blob ? "of bytes" : event.toString();
  }
}
