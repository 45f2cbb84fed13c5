package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

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

  private static final List<Long> LENGTHS =
      List.of(-1L, 0L, 1L, 60_000L, 1L << 28, (1L << 31) - 1, 1L << 40, 1L << 62, Long.MIN_VALUE);

  private static final List<String> TYPES =
      List.of(
          "'string'",
          "'long'",
          "'double'",
          "'boolean'",
          "'null'",
          "['null', 'string']",
          "{'type': 'bytes', 'logicalType': 'decimal', 'precision': 9, 'scale': 2}",
          "{'type': 'bytes', 'logicalType': 'decimal', 'precision': 2147483647,"
              + " 'scale': 2147483647}",
          "{'type': 'fixed', 'name': 'f', 'size': 2147483647}",
          "{'type': 'enum', 'name': 'e', 'symbols': ['A', 'B']}",
          "{'type': 'long', 'logicalType': 'timestamp-micros'}",
          "{'type': 'int', 'logicalType': 'date'}",
          "{'type': 'array', 'items': 'null'}",
          "{'type': 'array', 'items': 'boolean'}",
          "{'type': 'array', 'items': {'type': 'record', 'name': 'o', 'fields': []}}",
          "{'type': 'map', 'values': ['null', 'answer']}",
          "['null', 'answer']",
          "'answer'",
          "{'type': 'record', 'name': 'pair', 'fields': [{'name': 'p', 'type': 'null'}]}",
          "'no.such'");

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
            .on(random -> made(format, random), bytes -> readOrRefused(file, bytes, format));

    assertThat(ends.keySet(), hasItems("rows", "refused"));
  }

  /** A value of Avro that says how long it is, and need not be so long. */
  private static byte[] length(long number) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long left = (number << 1) ^ (number >> 63);
    for (; (left & ~0x7FL) != 0; left >>>= 7) {
      bytes.write((int) ((left & 0x7F) | 0x80));
    }
    bytes.write((int) left);
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] counted(byte[] bytes, SplittableRandom random) {
    long length = random.nextInt(40) > 0 ? bytes.length : Hostile.one(LENGTHS, random);
    return joined(length(length), bytes);
  }

  /** Files whose schemas, codecs, lengths and values lie. */
  private static byte[] lying(SplittableRandom random) {
    StringBuilder schema = new StringBuilder("{'type': 'record', 'name': 'answer', 'fields': [");
    for (int i = random.nextInt(3); i >= 0; i--) {
      schema.append("{'name': 'c").append(i).append("', 'type': ");
      schema.append(Hostile.one(TYPES, random)).append(i == 0 ? "}" : "}, ");
    }
    byte[] json = Hostile.bytes(schema.append("]}").toString().replace('\'', '"'));
    String codec = Hostile.one(List.of("null", "null", "deflate", "snappy", "zstandard"), random);
    byte[] marker = Hostile.noise(16, random);
    byte[] header =
        joined(
            new byte[] {'O', 'b', 'j', 1},
            length(2),
            counted(Hostile.bytes("avro.schema"), random),
            counted(random.nextInt(20) > 0 ? json : Hostile.broken(json, random), random),
            counted(Hostile.bytes("avro.codec"), random),
            counted(Hostile.bytes(codec), random),
            length(0),
            marker);
    byte[] values = joined(length(random.nextInt(4)), Hostile.noise(random.nextInt(60), random));
    byte[] packed = packed(codec, values);
    long rows = random.nextInt(3) > 0 ? random.nextInt(3) : Hostile.one(LENGTHS, random);
    return joined(header, length(rows), counted(packed, random), marker);
  }

  private static byte[] packed(String codec, byte[] values) {
    if (codec.equals("deflate")) {
      Deflater deflater = new Deflater(9, true);
      deflater.setInput(values);
      deflater.finish();
      byte[] packed = new byte[200];
      int length = deflater.deflate(packed);
      deflater.end();
      return Arrays.copyOf(packed, length);
    } else if (!codec.equals("snappy")) {
      return values;
    }
    CRC32 checksum = new CRC32();
    checksum.update(values);
    try {
      byte[] sum = ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array();
      return joined(Snappy.compress(values), sum);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileOfAvroIsRowsOrSaysWhatIsWrongAndIsNotBelievedItsLengths() throws IOException {
    Path file = folder.resolve("lies.avro");
    byte[] good = avro();
    Map<String, Long> ends =
        Attack.of("files of Avro", 25)
            .on(
                random -> random.nextInt(4) > 0 ? lying(random) : Hostile.broken(good, random),
                bytes -> readOrRefused(file, bytes, "avro"));

    assertThat(ends.keySet(), hasItems("rows", "refused"));
  }

  /** Reads a file, which is rows or is refused with its name or the row that is none. */
  private static String readOrRefused(Path file, byte[] bytes, String format) throws IOException {
    Files.write(file, bytes);
    try {
      read(file, format);
      return "rows";
    } catch (IOException e) {
      assertThat(e.getMessage(), containsString(file.toString()));
    } catch (IllegalStateException e) {
      assertThat(e.getMessage(), containsString("cannot be read as a row"));
    }
    return "refused";
  }

  private static void read(Path file, String format) throws IOException {
    new FolderPart("answers", file.toString(), 0, Long.MAX_VALUE, format)
        .read(row -> assertThat(row.columns().toString(), startsWith("{")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy"})
  void whatAvroItselfWritesIsReadInEachCodec(String codec) throws IOException {
    Path file = folder.resolve(codec + ".avro");
    Files.write(file, avro(CodecFactory.fromString(codec)));
    List<String> rows = new ArrayList<>();
    new FolderPart("answers", file.toString(), 0, Long.MAX_VALUE, "avro")
        .read(row -> rows.add(row.columns().toString()));

    String rest =
        "\"kind\":\"B\",\"count\":7,\"content\":\"AQI=\",\"share\":10.29,"
            + "\"day\":\"2024-10-04\",\"list\":[0.5,1.5]}";
    assertThat(
        rows,
        is(
            List.of(
                "{\"user\":\"u0\"," + rest,
                "{\"user\":\"u1\"," + rest,
                "{\"user\":\"u2\"," + rest)));
  }

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
        read(file, "avro");
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
    return avro(CodecFactory.nullCodec());
  }

  private static byte[] avro(CodecFactory codec) throws IOException {
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
      out.setCodec(codec);
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
