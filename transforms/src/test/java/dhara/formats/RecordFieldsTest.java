package dhara.formats;

import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.formats.Formats.Missing;
import dhara.formats.Formats.Place;
import dhara.formats.Formats.Required;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.samples.Deal;
import dhara.samples.Sale;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class RecordFieldsTest {

  record Key(String country) {}

  record Totals(long lines, double share, Instant lastAt, @Nullable String top) {}

  private static final Totals TOTALS =
      new Totals(3, 0.25, Instant.parse("2026-10-01T00:00:00Z"), "a \"b\", c");

  private static final Map<Class<?>, RecordFields<?>> FIELDS = new HashMap<>();

  private static RecordFields<?> fields(Class<?> type) {
    return RecordFields.of(type.asSubclass(Record.class));
  }

  private static String write(List<Record> records) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      for (Record record : records) {
        writeFields(record, json);
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  @SuppressWarnings("unchecked") // a record is of its class
  private static <T extends Record> void writeFields(T record, JsonGenerator json)
      throws IOException {
    RecordFields<?> fields = FIELDS.computeIfAbsent(record.getClass(), RecordFieldsTest::fields);
    ((RecordFields<T>) fields).writeJson(record, json);
  }

  private static <T extends Record> String row(Class<T> type, T record) {
    StringBuilder row = new StringBuilder();
    RecordFields.of(type).writeCsv(record, ',', row);
    return row.toString();
  }

  @Test
  void recordsFlattenIntoOneObject() throws IOException {
    assertThat(
        write(List.of(new Key("IN"), TOTALS)),
        is(
            "{\"country\":\"IN\",\"lines\":3,\"share\":0.25,"
                + "\"last_at\":\"2026-10-01T00:00:00.000Z\",\"top\":\"a \\\"b\\\", c\"}"));
  }

  @Test
  void recordsAreCellsOfOneRow() {
    StringBuilder row = new StringBuilder();
    RecordFields.of(Key.class).writeCsv(new Key("IN"), ',', row);
    row.append(',');
    RecordFields.of(Totals.class).writeCsv(TOTALS, ',', row);
    assertThat(row.toString(), is("IN,3,0.25,2026-10-01T00:00:00.000Z,\"a \"\"b\"\", c\""));
    StringBuilder header = new StringBuilder();
    RecordFields.of(Totals.class).writeHeader(';', header);
    assertThat(header.toString(), is("lines;share;last_at;top"));
    assertThat(RecordFields.of(Totals.class).names(), contains("lines", "share", "last_at", "top"));
  }

  @Test
  void whatNoFormatCanSayIsNullOrAnEmptyCell() throws IOException {
    Totals odd = new Totals(0, Double.NaN, Instant.EPOCH, null);
    assertThat(
        write(List.of(odd)),
        is("{\"lines\":0,\"share\":null,\"last_at\":\"1970-01-01T00:00:00.000Z\",\"top\":null}"));
    assertThat(row(Totals.class, odd), is("0,,1970-01-01T00:00:00.000Z,"));
  }

  @Test
  void doublesAreTheShortestTextThatReadsBack() {
    record Reals(double value, float single) {}
    assertThat(row(Reals.class, new Reals(2.0E-3, 1.1f)), is("0.002,1.1"));
    assertThat(row(Reals.class, new Reals(Double.parseDouble("2e23"), 0f)), is("2.0E23,0.0"));
    assertThat(row(Reals.class, new Reals(-0x0.0000000000002p-1022, 3e9f)), is("-9.9E-324,3.0E9"));
  }

  @Test
  void cellsHoldRecordsAndListsAsJson() throws BadEvent {
    Required record = required(new Random(1));
    EventParser<Required> parser =
        CsvFormat.of(Required.class, Mapping.none(), ',', RecordFields.of(Required.class).names())
            .parser();
    assertThat(parse(parser, row(Required.class, record)), is(record));
  }

  @Test
  void whatIsWrittenReadsBackEqual() throws BadEvent, IOException {
    Random random = new Random(99);
    EventParser<Required> required = json(Required.class);
    EventParser<Missing> missing = json(Missing.class);
    RecordFields<Missing> fields = RecordFields.of(Missing.class);
    EventParser<Missing> cells =
        CsvFormat.of(Missing.class, Mapping.none(), ';', fields.names()).parser();
    for (int i = 0; i < 1_000; i++) {
      Required one = required(random);
      assertThat(parse(required, write(List.of(one))), is(one));
      Missing other = missing(random);
      assertThat(parse(missing, write(List.of(other))), is(other));
      StringBuilder row = new StringBuilder();
      fields.writeCsv(other, ';', row);
      assertThat(parse(cells, row.toString()), is(other));
    }
  }

  @Test
  void eventsReadBackEqual() throws BadEvent, IOException {
    Sale line = new Sale("i", Instant.EPOCH, "o", "p", null, "Côte d’Ivoire", null, "c", -2, 5);
    Deal trade = new Deal("t", Instant.parse("2026-10-01T09:30:00.000123Z"), "S", 1, 2, null, true);
    assertThat(parse(json(Sale.class), write(List.of(line))), is(line));
    assertThat(parse(json(Deal.class), write(List.of(trade))), is(trade));
  }

  @Test
  void fieldsAreSerializable() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(RecordFields.of(Totals.class));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      RecordFields<?> fields = (RecordFields<?>) in.readObject();
      assertThat(fields.type(), sameInstance((Class<?>) Totals.class));
      assertThat(fields.names(), is(RecordFields.of(Totals.class).names()));
    }
  }

  private static Required required(Random random) {
    return new Required(
        text(random),
        random.nextInt(),
        random.nextLong(),
        (short) random.nextInt(),
        (byte) random.nextInt(),
        real(random),
        Float.intBitsToFloat(random.nextInt() & 0xBFFFFFFF),
        random.nextBoolean(),
        random.nextBoolean() ? Formats.Color.RED : Formats.Color.DARK_GREEN,
        TimesTest.instant(random),
        LocalDate.ofEpochDay(random.nextInt(-700_000, 2_900_000)),
        new BigDecimal(BigInteger.valueOf(random.nextLong()), random.nextInt(20)),
        place(random),
        List.of(text(random), text(random)),
        List.of(place(random)));
  }

  private static Missing missing(Random random) {
    return new Missing(
        maybe(random, text(random)),
        maybe(random, random.nextInt()),
        maybe(random, random.nextLong()),
        maybe(random, (short) random.nextInt()),
        maybe(random, (byte) random.nextInt()),
        maybe(random, real(random)),
        maybe(random, Float.intBitsToFloat(random.nextInt() & 0xBFFFFFFF)),
        maybe(random, random.nextBoolean()),
        maybe(random, Formats.Color.RED),
        maybe(random, TimesTest.instant(random)),
        maybe(random, LocalDate.ofEpochDay(random.nextInt(50_000))),
        maybe(random, BigDecimal.valueOf(random.nextLong(), 3)),
        maybe(random, place(random)),
        maybe(random, List.of(1L, random.nextLong())),
        Optional.ofNullable(maybe(random, text(random))),
        Optional.ofNullable(maybe(random, random.nextInt())));
  }

  private static <T> @Nullable T maybe(Random random, T value) {
    return random.nextBoolean() ? value : null;
  }

  private static Place place(Random random) {
    return new Place(text(random), maybe(random, random.nextInt()));
  }

  private static double real(Random random) {
    double any = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(any) && random.nextBoolean() ? any : random.nextInt(10_000) / 100.0;
  }

  private static String text(Random random) {
    int[] points = {
      'a', 'Z', '9', ' ', '"', '\\', ',', ';', '\n', '\r', 0, 0x7F, 0xE9, 0x20AC, 0x1F600
    };
    StringBuilder text = new StringBuilder();
    for (int length = 1 + random.nextInt(12); length > 0; length--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
