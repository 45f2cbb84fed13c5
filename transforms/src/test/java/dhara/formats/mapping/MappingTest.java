package dhara.formats.mapping;

import static dhara.formats.Formats.bad;
import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.EventParser;
import dhara.formats.Formats;
import dhara.formats.JsonFormat;
import dhara.formats.text.BadEvent;
import dhara.formats.text.EntryText;
import dhara.samples.Sale;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
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

  private static final Sale LINE =
      new Sale(
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
    EventFormat<Sale> format = JsonFormat.of(Sale.class, Mapping.of(ENTRIES));
    assertThat(parse(format.parser(), RETAIL), is(LINE));
  }

  @Test
  void aFileHoldsEntriesBlankLinesAndComments(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("retail.map");
    Files.writeString(file, "# retail\n\n" + String.join("\n", ENTRIES) + "\n");
    Mapping mapping = Mapping.of(List.of(file.toString()));
    assertThat(parse(JsonFormat.of(Sale.class, mapping).parser(), RETAIL), is(LINE));
  }

  @Test
  void anEntryIsForTheInputThatItNamesOrForAllThatHaveTheComponent() {
    Map<String, List<String>> inputs =
        Map.of("payments", List.of("id", "at", "payer"), "rules", List.of("id", "at", "rule"));
    Mapping mapping =
        Mapping.of(List.of("id=ID,payments.at=paid,at=time,payments.payer=who,rule=name,ruel=x"));

    assertThat(
        mapping.ofInput("payments", inputs).toString(),
        is("id=ID,payments.at=paid,ruel=x,payments.payer=who"));
    assertThat(mapping.ofInput("rules", inputs).toString(), is("id=ID,at=time,rule=name,ruel=x"));
    assertThat(
        Mapping.of(List.of("paymnts.at=paid")).ofInput("rules", inputs).toString(),
        is("paymnts.at=paid"));
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
      out.writeObject(JsonFormat.of(Sale.class, Mapping.of(ENTRIES)));
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

  record Two(@Nullable String a, @Nullable String b) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=user.id            | {\"user\":{\"id\":\"x\",\"more\":[1]}}       | x",
        "a=user.home.town     | {\"user\":{\"home\":{\"town\":\"x\"}}}       | x",
        "a=\"user.id\"        | {\"user.id\":\"x\",\"user\":{\"id\":\"y\"}} | x",
        "a=user.id            | {\"user.id\":\"x\",\"user\":{\"id\":\"y\"}} | y",
        "a=user.\"e.mail\"    | {\"user\":{\"e.mail\":\"x\"}}             | x",
        "a=\"a.b\".c.\"d \"\"e\"\"\" | {\"a.b\":{\"c\":{\"d \\\"e\\\"\":\"x\"}}} | x",
        "a={user.id}-{n}      | {\"user\":{\"id\":\"x\"},\"n\":7}         | x-7",
        "a={\"user.id\"}-{user.\"}\"} | {\"user\":{\"}\":1},\"user.id\":2} | 2-1",
        "a=b=c.d              | {\"b=c\":{\"d\":\"x\"}}                  | x",
        "a=user.id            | {\"user\":null}                         | ",
        "a=user.id            | {\"user\":\" \"}                        | ",
        "a=user.id            | {\"user\":{}}                           | ",
        "a=user.id            | {\"user\":{\"id\":{}}}                  | WRONG_TYPE: user.id is an object: it is no text",
        "a=user.id            | {\"user\":[{\"id\":1}]} | WRONG_TYPE: user is an array: it is no object, and user.id is read from within it",
        "a=user.id            | {\"user\":7} | WRONG_TYPE: user '7' is no object, and user.id is read from within it",
        "a=user.id            | {\"user\":{\"id\":1},\"user\":{\"x\":2}} | ",
        "a=user.x.id          | {\"user\":{\"x\":{\"id\":1}},\"user\":null} | ",
        "a={user.id}          | {\"user\":{\"id\":1},\"user\":{\"x\":2}} | ",
      })
  void fieldsOfObjectsAreReadByTheirPathByLayoutsToo(
      String entry, String event, @Nullable String read) {
    EventParser<Two> parser = json(Two.class, entry);
    for (int i = 0; i < 3; i++) {
      assertThat(outcome(parser, event), is(read));
    }
  }

  private static @Nullable String outcome(EventParser<Two> parser, String event) {
    try {
      return parse(parser, event).a();
    } catch (BadEvent e) {
      return e.reason() + ": " + e.getMessage();
    }
  }

  @Test
  void aRecordMayBeReadFromWithinAnObject() throws BadEvent {
    record Of(Formats.Place place, String city) {}
    EventParser<Of> parser = json(Of.class, "place=at.place", "city=at.city");
    for (int i = 0; i < 3; i++) {
      assertThat(
          parse(parser, "{\"at\":{\"place\":{\"city\":\"A\",\"floor\":" + i + "},\"city\":\"B\"}}"),
          is(new Of(new Formats.Place("A", i), "B")));
    }
  }

  @Test
  void whatIsMissingWithinAnObjectIsSaidByItsPath() {
    record Of(String a) {}
    assertThat(
        bad(json(Of.class, "a=user.id"), "{\"user\":{}}").getMessage(),
        is("user.id is missing: a is read from it"));
  }

  @Test
  void aFieldIsReadAsItStandsOrFromWithinAndNotBoth() {
    for (List<String> entries : List.of(List.of("b=a.x"), List.of("a=x.y", "b=x"))) {
      String said =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> JsonFormat.of(Two.class, Mapping.of(entries)))
              .getMessage();
      assertThat(said, containsString("it cannot be a text and an object"));
    }
  }

  @Test
  void aColumnMayHaveDotsInItsName() throws BadEvent {
    Mapping mapping = Mapping.of(List.of("a=user.id,b={\"user.id\"}-{n}"));
    List<String> columns = CsvFormat.columns("n,user.id", ',');
    assertThat(
        parse(CsvFormat.of(Two.class, mapping, ',', columns).parser(), "7,x"),
        is(new Two("x", "x-7")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=x,b=y                                   | a=x;b=y",
        " a=x , b=y,                               | a=x;b=y",
        "a='x, y',b=\"y,z\"                        | a='x, y';b=\"y,z\"",
        "a='it''s',b=customer's name               | a='it''s';b=customer's name",
        "a=u.\"x,y\".z,b={\"p,q\"}/{r,s}           | a=u.\"x,y\".z;b={\"p,q\"}/{r,s}",
        "a=t:local(MMM d, yyyy;UTC),b=y            | a=t:local(MMM d, yyyy;UTC);b=y",
        "a=t:local(h 'o''clock)' d, yyyy;UTC),b=y  | a=t:local(h 'o''clock)' d, yyyy;UTC);b=y",
        "a=t:decimal(2;,),b=y:decimal(2;.;'),c=z   | a=t:decimal(2;,);b=y:decimal(2;.;');c=z",
        "a='open,b=y                               | a='open,b=y",
      })
  void commasWithinQuotesAndParenthesesDoNotEndAnEntry(String text, String entries) {
    assertThat(
        EntryText.list(text).stream().map(EntryText::whole).toList(),
        is(List.of(entries.split(";(?=[abc]=)"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=x                          | x             | ",
        "a = x : iso                  | x             | iso",
        "a=x:y:iso                    | x:y           | iso",
        "a=\"x:y\"                    | \"x:y\"       | ",
        "a=\"x:y\":iso                | \"x:y\"       | iso",
        "a='x:y':local(HH':'mm;UTC)   | 'x:y'         | local(HH':'mm;UTC)",
        "a=x:local(yyyy')'HH:mm;UTC)  | x             | local(yyyy')'HH:mm;UTC)",
        "a=x:local(yyyy'('HH:mm;UTC)  | x             | local(yyyy'('HH:mm;UTC)",
        "a={x:y}-{z}:local(HH:mm;UTC) | {x:y}-{z}     | local(HH:mm;UTC)",
        "a=x.\"y:z\":decimal(2;.;')   | x.\"y:z\"     | decimal(2;.;')",
      })
  void aConversionStandsBehindTheLastColonOutsideOfQuotes(
      String text, String source, @Nullable String conversion) {
    EntryText entry = EntryText.of(text);
    assertThat(entry.source(), is(source));
    assertThat(entry.conversion(), is(conversion));
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
        "quantity=q:decimal(2;) | does not say how numbers are written",
        "quantity=q:decimal(2;,;,) | write decimal(2;,) to read 12,34",
        "quantity=q:decimal(2;0) | does not say how numbers are written",
        "quantity=q:decimal(2;,;.;x) | does not say how numbers are written",
        "order=a..b           | has a dot without a name beside it",
        "order=a.             | quote a name that holds dots",
        "order=\"a\"b         | is not closed as a quoted field name",
        "order={a}{b}         | nothing stands between {a} and {b}",
        "order={a.x}{b}-{c}   | write e.g. a slash between them",
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

  @Test
  void aPairGoesBeforeThatOfAFileWhicheverComesFirst(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("shop.map");
    Files.writeString(file, "id=a\nat=t:epochMillis\n");
    for (List<String> texts :
        List.of(
            List.of(file.toString(), "id=b"),
            List.of("id=b", file.toString()),
            List.of("id=b," + file))) {
      assertThat(Mapping.of(texts).toString(), is("id=b,at=t:epochMillis"));
    }
  }

  @Test
  void twoFilesMapAComponentOnce(@TempDir Path folder) throws Exception {
    Path one = Files.writeString(folder.resolve("one.map"), "id=a\n");
    Path other = Files.writeString(folder.resolve("other.map"), "at=t\nid=b\n");
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> Mapping.of(List.of(one.toString(), other.toString(), "id=c")))
            .getMessage(),
        is(
            "'id=b' (line 2 of %s): maps 'id' again, after 'id=a'; keep one of them"
                .formatted(other)));
  }

  private static String error(String entry) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> JsonFormat.of(Sale.class, Mapping.of(List.of(entry))))
        .getMessage();
  }
}
