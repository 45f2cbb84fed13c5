package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.samples.Deal;
import dhara.transforms.aggregate.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.logicaltypes.NanosDuration;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class RecordSchemasTest {

  private enum Side {
    BUY,
    SELL
  }

  private record Leg(Side side, long size) {}

  @SuppressWarnings("ArrayRecordComponent") // what is tested
  private record Sample(
      byte aByte,
      short aShort,
      char aChar,
      Instant at,
      LocalDate day,
      Duration length,
      BigDecimal amount,
      byte[] bytes,
      Leg leg,
      List<Leg> legs,
      Map<String, @Nullable Integer> counts,
      Optional<Side> side,
      @Nullable String note) {}

  @Test
  void aFieldPerComponent() {
    Schema leg = Schema.builder().addStringField("side").addInt64Field("size").build();
    assertThat(
        RecordSchemas.schema(Sample.class)
            .equivalent(
                Schema.builder()
                    .addByteField("aByte")
                    .addInt16Field("aShort")
                    .addStringField("aChar")
                    .addLogicalTypeField("at", SqlTypes.TIMESTAMP)
                    .addLogicalTypeField("day", SqlTypes.DATE)
                    .addLogicalTypeField("length", new NanosDuration())
                    .addDecimalField("amount")
                    .addByteArrayField("bytes")
                    .addRowField("leg", leg)
                    .addArrayField("legs", FieldType.row(leg))
                    .addMapField("counts", FieldType.STRING, FieldType.INT32.withNullable(true))
                    .addNullableStringField("side")
                    .addNullableStringField("note")
                    .build()),
        is(true));
  }

  @Test
  void recordsBecomeRowsAndBack() {
    Random random = new Random(11);
    SerializableFunction<Everything, Row> toRow = RecordSchemas.toRow(Everything.class);
    SerializableFunction<Row, Everything> fromRow = RecordSchemas.fromRow(Everything.class);
    for (int i = 0; i < 300; i++) {
      Everything value = Everything.random(random);
      assertThat(fromRow.apply(toRow.apply(value)), equalTo(value));
    }
  }

  @Test
  void theirRowsAreWhatBeamsOwnCoderEncodes() throws Exception {
    Random random = new Random(12);
    RowCoder coder = RowCoder.of(RecordSchemas.schema(Everything.class));
    SerializableFunction<Everything, Row> toRow = RecordSchemas.toRow(Everything.class);
    SerializableFunction<Row, Everything> fromRow = RecordSchemas.fromRow(Everything.class);
    for (int i = 0; i < 100; i++) {
      Everything value = Everything.random(random);
      Row row = CoderUtils.clone(coder, toRow.apply(value));
      assertThat(fromRow.apply(row), equalTo(value));
    }
  }

  @Test
  void theirRowsPassBeamsVerification() {
    Row row = RecordSchemas.toRow(Everything.class).apply(Everything.random(new Random(13)));
    Row verified = Row.withSchema(row.getSchema()).addValues(row.getValues()).build();
    assertThat(verified, equalTo(row));
  }

  private record Small(@Nullable String note, String name, int number) {}

  @Test
  void fieldsOfAnotherSchemaAreFoundByName() {
    Schema other = Schema.builder().addInt32Field("number").addStringField("name").build();
    assertThat(
        RecordSchemas.fromRow(Small.class)
            .apply(Row.withSchema(other).addValues(7, "seven").build()),
        equalTo(new Small(null, "seven", 7)));
    Schema less = Schema.builder().addInt32Field("number").build();
    Row row = Row.withSchema(less).addValues(7).build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> RecordSchemas.fromRow(Small.class).apply(row));
    assertThat(
        e.getMessage(),
        allOf(containsString("RecordSchemasTest$Small.name"), containsString("[number]")));
  }

  @Test
  void aNullIsRefusedBothWays() {
    IllegalArgumentException to =
        assertThrows(
            IllegalArgumentException.class,
            () -> RecordSchemas.toRow(Small.class).apply(new Small(null, null, 1)));
    assertThat(to.getMessage(), containsString("RecordSchemasTest$Small.name is null"));
    Row row = Row.withSchema(RecordSchemas.schema(Small.class)).attachValues(null, "name", null);
    IllegalArgumentException from =
        assertThrows(
            IllegalArgumentException.class, () -> RecordSchemas.fromRow(Small.class).apply(row));
    assertThat(from.getMessage(), containsString("RecordSchemasTest$Small.number is null"));
  }

  @Test
  void anInstantFinerThanARowsTimestampIsRefused() {
    Deal trade = new Deal("t", Instant.EPOCH.plusNanos(1), "S", 1, 1, null, false);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> RecordSchemas.toRow(Deal.class).apply(trade));
    assertThat(
        e.getMessage(),
        allOf(
            containsString("dhara.samples.Deal.at: 1970-01-01T00:00:00.000000001Z"),
            containsString("truncatedTo(ChronoUnit.MICROS)")));
    assertThat(trade.at().truncatedTo(ChronoUnit.MICROS), equalTo(Instant.EPOCH));
  }

  @Test
  void anUnknownNameOfAnEnumIsRefused() {
    Row row = Row.withSchema(RecordSchemas.schema(Leg.class)).addValues("HOLD", 1L).build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> RecordSchemas.fromRow(Leg.class).apply(row));
    assertThat(
        e.getMessage(),
        allOf(containsString("Leg.side"), containsString("HOLD; it has [BUY, SELL]")));
  }

  @Test
  void aSchemaHasTheSameIdentityWhereverItIsMade() {
    Schema schema = RecordSchemas.schema(Deal.class);
    assertThat(SerializableUtils.clone(schema).getUUID(), equalTo(schema.getUUID()));
    assertThat(
        SerializableUtils.clone(RecordCoder.of(Deal.class)).getSchema().getUUID(),
        equalTo(schema.getUUID()));
  }

  @Test
  void functionsOfOneRecordAreEqualAfterTravelling() {
    assertThat(
        SerializableUtils.clone(RecordSchemas.toRow(Deal.class)),
        equalTo(RecordSchemas.toRow(Deal.class)));
    assertThat(
        SerializableUtils.clone(RecordSchemas.fromRow(Deal.class)),
        equalTo(RecordSchemas.fromRow(Deal.class)));
  }

  @Test
  void aRegistryThatIsAskedItselfMayHaveTheProvider() throws Exception {
    SchemaRegistry registry = SchemaRegistry.createDefault();
    registry.registerSchemaProvider(Deal.class, new RecordSchemas());
    assertThat(registry.getSchema(Deal.class), equalTo(RecordSchemas.schema(Deal.class)));
    Deal trade = new Deal("t", Instant.EPOCH, "S", 1, 1, null, false);
    assertThat(CoderUtils.clone(registry.getSchemaCoder(Deal.class), trade), equalTo(trade));
    assertThat(new RecordSchemas().schemaFor(TypeDescriptor.of(String.class)), nullValue());
    assertThat(
        new RecordSchemas().schemaFor(new TypeDescriptor<Answer<Leg, Leg>>() {}).getFieldNames(),
        equalTo(List.of("key", "start", "end", "revision", "first", "value")));
  }
}
