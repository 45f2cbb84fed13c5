package dhara.formats;

import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.OrderLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingTest {

  private static final String RETAIL =
      """
      {"InvoiceNo": 536365, "StockCode": "85123A", "Quantity": "6", "Price": 2.55,
       "InvoiceDate": "2010-12-01 08:26:00", "Customer ID": null, "Country": "United Kingdom"}""";

  private static final List<String> ENTRIES =
      List.of(
          "id={InvoiceNo}/{StockCode}/{Quantity}",
          "at=InvoiceDate:local(yyyy-MM-dd HH:mm:ss;Europe/London)",
          "order=InvoiceNo",
          "product=StockCode",
          "customer=Customer ID",
          "country=Country",
          "category='all'",
          "quantity=Quantity",
          "unitMinor=Price:decimal(2)");

  private static final OrderLine LINE =
      new OrderLine(
          "536365/85123A/6",
          Instant.parse("2010-12-01T08:26:00Z"),
          "536365",
          "85123A",
          "all",
          "United Kingdom",
          null,
          null,
          6,
          255);

  @Test
  void fieldsTemplatesConstantsAndConversionsBecomeComponents() throws BadEvent {
    EventFormat<OrderLine> format = JsonFormat.of(OrderLine.class, Mapping.of(ENTRIES));
    assertThat(parse(format.parser(), RETAIL), is(LINE));
  }

  @Test
  void aFileHoldsEntriesBlankLinesAndComments(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("retail.map");
    Files.writeString(file, "# retail\n\n" + String.join("\n", ENTRIES) + "\n");
    Mapping mapping = Mapping.of(List.of(file.toString()));
    assertThat(parse(JsonFormat.of(OrderLine.class, mapping).parser(), RETAIL), is(LINE));
  }

  @Test
  void anErrorInAFileNamesItsLine(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("bad.map");
    Files.writeString(file, "# retail\nat=t:epochMilis\n");
    assertThat(
        error(file.toString()),
        allOf(containsString("line 2 of"), containsString("did you mean 'epochMillis'?")));
  }

  @Test
  void aFormatWithAMappingIsSerializable() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(JsonFormat.of(OrderLine.class, Mapping.of(ENTRIES)));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      EventFormat<?> format = (EventFormat<?>) in.readObject();
      assertThat(parse(format.parser(), RETAIL), equalTo(LINE));
    }
  }

  @Test
  void quotedFieldNamesMayHoldColonsAndQuotes() throws BadEvent {
    assertThat(
        parse(
            json(Formats.Amount.class, "minor=\"a:b \"\"c\"\"\":decimal(1)"),
            "{\"a:b \\\"c\\\"\":1.5}"),
        is(new Formats.Amount(15)));
  }

  @Test
  void oneFieldMayBeSeveralComponentsAndPartOfATemplate() throws BadEvent {
    record Three(String whole, long number, String text) {}
    assertThat(
        parse(json(Three.class, "whole=n-{n}-{m}", "number=n", "text=n"), "{\"m\":\"x\",\"n\":7}"),
        is(new Three("n-7-x", 7, "7")));
  }

  @Test
  void aTemplateMayBeATime() throws BadEvent {
    assertThat(
        parse(
            json(Formats.At.class, "at={day} {time}:local(UTC)"),
            "{\"day\":\"2020-02-29\",\"time\":\"10:11\"}"),
        is(new Formats.At(Instant.parse("2020-02-29T10:11:00Z"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "=x                   | write COMPONENT=FIELD",
        "nosuchfile           | cannot be read as a file",
        "at=                  | names no field",
        "at=t:epochmillis     | did you mean 'epochMillis'?",
        "at=ts:utc            | Quote a field name that holds a colon",
        "at=t:local           | needs something in parentheses",
        "at=t:local(Mars)     | 'Mars' is no time zone",
        "at=t:local(qqqqqq;UTC) | is no pattern of a date",
        "at=t:iso(x)          | is no conversion",
        "at=t:decimal(2)      | 'decimal(2)' is for a whole number",
        "quantity=q:epochMillis | 'epochMillis' is for an Instant",
        "quantity=q:decimal(19) | from 0 to 18",
        "category='all        | is not closed as a constant",
        "id={a                | has a '{' without a field and a '}'",
        "custmer=c            | did you mean 'customer'?",
        "quantity='six'       | quantity 'six' is no number",
      })
  void whatIsWrongIsSaidWithTheFix(String entry, String said) {
    assertThat(error(entry), containsString(said));
  }

  @Test
  void aComponentIsMappedOnce() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Mapping.of(List.of("id=a", "id=b")))
            .getMessage(),
        containsString("maps 'id' again, after 'id=a'"));
  }

  private static String error(String entry) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> JsonFormat.of(OrderLine.class, Mapping.of(List.of(entry))))
        .getMessage();
  }
}
