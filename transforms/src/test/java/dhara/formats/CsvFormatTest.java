package dhara.formats;

import static dhara.formats.Formats.bad;
import static dhara.formats.Formats.parse;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import de.siegmar.fastcsv.reader.CsvReader;
import dhara.events.DeadLetter.Reason;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.formats.text.CsvLine;
import dhara.samples.Sale;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvFormatTest {

  private static final String HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country";

  private static final Mapping RETAIL =
      Mapping.of(
          List.of(
              "id={InvoiceNo}/{StockCode}/{Quantity}",
              "at=InvoiceDate:local(Europe/London)",
              "order=InvoiceNo",
              "product=StockCode",
              "category=Description",
              "customer=Customer ID",
              "country=Country",
              "quantity=Quantity",
              "unitMinor=Price:decimal(2)"));

  private static final EventParser<Sale> LINES =
      CsvFormat.of(Sale.class, RETAIL, ',', CsvFormat.columns(HEADER, ',')).parser();

  record Pair(@Nullable String a, @Nullable String b) {}

  private static EventParser<Pair> pairs(char delimiter) {
    return CsvFormat.of(Pair.class, Mapping.none(), delimiter, List.of("a", "b")).parser();
  }

  @Test
  void aLineOfAnotherTableBecomesAnOrderLine() throws BadEvent {
    Sale line =
        new Sale(
            "489434/85048/12",
            Instant.parse("2009-07-01T06:45:00Z"),
            "489434",
            "85048",
            "15CM \"CHRISTMAS\" BALL, RED",
            "España",
            null,
            null,
            12,
            695);
    assertThat(
        parse(
            LINES,
            "489434,85048,\"15CM \"\"CHRISTMAS\"\" BALL, RED\",12,2009-07-01 07:45:00,6.95,,España\r\n"),
        is(line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x,y            | x      | y",
        "x,             | x      | ",
        ",\"\"          |        | ",
        "\"x,y\",z      | x,y    | z",
        "\"\"\"x\"\"\",\"\"\"\" | \"x\" | \"",
        "5\" disk,a\"b  | 5\" disk | a\"b",
        "x, y           | x      | ` y`",
        "é,😀           | é      | 😀",
        "\uFEFFx,y      | x      | y",
      })
  void cellsAreSplitAsTheRfcHasIt(String line, @Nullable String a, @Nullable String b)
      throws BadEvent {
    assertThat(parse(pairs(','), line), is(new Pair(a, b)));
    assertThat(parse(pairs(','), line + "\r\n"), is(new Pair(a, b)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`  `         | EMPTY     | white space",
        "x            | MALFORMED | has 1 columns instead of 2",
        "x,y,z        | MALFORMED | has 3 columns instead of 2",
        "x,\"y        | MALFORMED | cell 2 'y' opens a quote that nothing closes",
        "\"x\"y,z     | MALFORMED | goes on after the quote",
        "`x,y\nz,u`   | MALFORMED | line break outside of quotes",
      })
  void brokenLinesAreBadEvents(String line, Reason reason, String said) {
    BadEvent bad = bad(pairs(','), line);
    assertThat(bad.getMessage(), bad.reason(), is(reason));
    assertThat(bad.getMessage(), containsString(said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A,B,,1,2009-12-01 07:45:00,,,      | MISSING_FIELD | Price is empty",
        "A,,,1,2009-12-01 07:45:00,1,,      | MISSING_FIELD | product is read from it",
        "A,B,,1,2009-12-01 07:45:00,1.005,, | OUT_OF_RANGE  | Price '1.005' has more than 2",
        "A,B,,one,2009-12-01 07:45:00,1,,   | WRONG_TYPE    | Quantity 'one' is no number",
        "A,B,,1,01/12/2009 07:45,1,,        | WRONG_TYPE    | InvoiceDate '01/12/2009 07:45'",
        "A,B,,0,2009-12-01 07:45:00,1,,     | INVALID       | quantity is 0",
      })
  void badCellsAreNamedAsTheUserCallsThem(String line, Reason reason, String said) {
    BadEvent bad = bad(LINES, line);
    assertThat(bad.getMessage(), bad.reason(), is(reason));
    assertThat(bad.getMessage(), containsString(said));
  }

  @Test
  void bytesThatAreNoUtf8AreFoundInColumnsThatNothingReads() {
    byte[] line = {'x', ',', (byte) 0xC0, (byte) 0x80};
    BadEvent bad = assertThrows(BadEvent.class, () -> pairs(',').parse(line, 0, line.length));
    assertThat(bad.reason(), is(Reason.NOT_UTF8));
  }

  @Test
  void otherDelimitersAreTaken() throws BadEvent {
    assertThat(parse(pairs(';'), "x,1;y"), is(new Pair("x,1", "y")));
    assertThat(parse(pairs('\t'), "x\t y"), is(new Pair("x", " y")));
    assertThrows(IllegalArgumentException.class, () -> pairs('"'));
  }

  @Test
  void headersAreSplitIntoColumns() {
    assertThat(
        CsvFormat.columns("\uFEFFid ,\"Customer, ID\",at\r\n", ','),
        contains("id", "Customer, ID", "at"));
    assertThrows(IllegalArgumentException.class, () -> CsvFormat.columns("a,\"b", ','));
  }

  @Test
  void allColumnsThatAreNeededAndNotThereAreNamedAtOnceWithWhatIsLikeThem() {
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    CsvFormat.of(
                        Sale.class,
                        Mapping.none(),
                        ',',
                        List.of("id", "at", "OrderNo", "sku", "Qty", "quantty", "UNIT-MINOR")))
            .getMessage();
    assertThat(
        said,
        is(
            "Sale has no column order, no column product, no column quantity, no column"
                + " unitMinor or unit_minor; there are id, at, OrderNo, sku, Qty, quantty,"
                + " UNIT-MINOR. Map them:"
                + " --map=order=OrderNo,product=COLUMN,quantity=quantty,unitMinor=UNIT-MINOR"));
  }

  @Test
  void aColumnThatIsThereTwiceIsAnError() {
    assertThrows(
        IllegalArgumentException.class,
        () -> CsvFormat.of(Pair.class, Mapping.none(), ',', List.of("a", "b", "a")));
  }

  @Test
  void nothingButABadEventEscapesFromAnyBytes() {
    Random random = new Random(11);
    byte[] good = "A,B,\"é, \"\"x\"\"\",1,2009-12-01 07:45:00,1.25,,France".getBytes(UTF_8);
    int parsed = 0;
    for (int i = 0; i < 40_000; i++) {
      byte[] bytes = Mutations.mutate(good, random);
      try {
        LINES.parse(bytes, 0, bytes.length);
        parsed++;
      } catch (BadEvent expected) {
        assertThat(expected.getMessage().isEmpty(), is(false));
      }
    }
    assertThat(parsed, greaterThan(1000));
  }

  @Test
  void cellsAreWhatAnotherLibraryReads() {
    Random random = new Random(17);
    String alphabet = "ab,;\" é";
    int split = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int cells = 1 + random.nextInt(4); cells > 0; cells--) {
        String cell =
            random
                .ints(random.nextInt(6), 0, alphabet.length())
                .mapToObj(at -> alphabet.substring(at, at + 1))
                .collect(Collectors.joining());
        boolean quoted = cell.contains(",") || cell.startsWith("\"") || random.nextBoolean();
        line.append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        line.append(cells > 1 ? "," : "");
      }
      if (line.isEmpty()) {
        continue; // of an empty line the other makes no record
      }
      List<String> theirs =
          CsvReader.builder().ofCsvRecord(line.toString()).iterator().next().getFields();
      assertThat(line.toString(), CsvLine.texts(line.toString(), ','), is(theirs));
      split++;
    }
    assertThat(split, greaterThan(40_000));
  }
}
