package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of answers, dead letters and ledgers that are read back are rows, or the run says where not.
 */
class RowsAttackTest {

  private static final List<String> FIELDS =
      List.of(
          "\"input\":\"orders\"",
          "\"reason\":\"MALFORMED\"",
          "\"window_start\":\"2026-01-05T09:00:00.000Z\"",
          "\"revision\":12",
          "\"share\":12.50",
          "\"withdrawn\":false",
          "\"bytes\":\"AAEC\"");

  @TempDir Path folder;

  private static byte[] made(String format, SplittableRandom random) {
    StringBuilder text =
        new StringBuilder(format.equals("csv") ? "input,window_start,share,bytes\n" : "");
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(
              format.equals("csv")
                  ? "orders,2026-01-05T09:00:00.000Z," + Hostile.number(random) + ",\"A\nA\""
                  : Hostile.object(FIELDS, random))
          .append('\n');
    }
    byte[] bytes = Hostile.bytes(text.toString());
    return random.nextInt(3) > 0 ? bytes : Hostile.broken(bytes, random);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "csv"})
  void aRowIsReadOrTheRunSaysWhichIsNone(String format) {
    Path file = folder.resolve("rows." + format);
    Map<String, Long> ends =
        Attack.of("rows of " + format, 12)
            .on(
                random -> made(format, random),
                bytes -> {
                  Files.write(file, bytes);
                  FolderPart part =
                      new FolderPart("answers", file.toString(), 0, Long.MAX_VALUE, format);
                  try {
                    part.read(row -> assertThat(row.columns().toString(), startsWith("{")));
                    return "rows";
                  } catch (IOException e) {
                    assertThat(e.getMessage(), containsString(file.toString()));
                  } catch (IllegalStateException e) {
                    assertThat(e.getMessage(), containsString("cannot be read as a row"));
                  }
                  return "refused";
                });

    assertThat(ends.keySet(), hasItems("rows", "refused"));
  }

  /** A file of Avro is a sink's own, so that it is broken but does not lie. */
  @Test
  void inAFileOfAvroAByteThatIsBrokenIsNamedOrChangesARow() throws IOException {
    Path file = folder.resolve("rows.avro");
    byte[] good = avro();
    int refused = 0;
    for (int i = 0; i < good.length; i++) {
      byte[] bytes = good.clone();
      bytes[i] = bytes[i] == 0 ? (byte) 2 : 0;
      Files.write(file, bytes);
      try {
        new FolderPart("answers", file.toString(), 0, Long.MAX_VALUE, "avro")
            .read(row -> assertThat(row.columns().toString(), startsWith("{")));
      } catch (IOException e) {
        assertThat(e.getMessage(), containsString(file.toString()));
        refused++;
      } catch (IllegalStateException e) {
        assertThat(e.getMessage(), containsString("cannot be read as a row"));
        refused++;
      }
    }

    assertThat(refused, greaterThan(good.length / 4));
  }

  private static byte[] avro() throws IOException {
    Schema schema =
        SchemaBuilder.record("answer")
            .fields()
            .requiredString("user")
            .name("kind")
            .type()
            .enumeration("kinds")
            .symbols("A", "B")
            .noDefault()
            .optionalLong("count")
            .requiredBytes("content")
            .name("share")
            .type(LogicalTypes.decimal(9, 2).addToSchema(Schema.create(Schema.Type.BYTES)))
            .noDefault()
            .name("day")
            .type(LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT)))
            .noDefault()
            .name("list")
            .type()
            .array()
            .items()
            .doubleType()
            .noDefault()
            .endRecord();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> out =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      out.create(schema, bytes);
      for (int i = 0; i < 3; i++) {
        out.append(
            new GenericRecordBuilder(schema)
                .set("user", "u" + i)
                .set("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "B"))
                .set("count", 7L)
                .set("content", ByteBuffer.wrap(new byte[] {1, 2}))
                .set("share", ByteBuffer.wrap(new byte[] {4, 5}))
                .set("day", 20_000)
                .set("list", List.of(0.5, 1.5))
                .build());
      }
    }
    return bytes.toByteArray();
  }
}
