package dhara.serving.rows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.serving.views.ColumnType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

/** What Arrow's own reader finds in a sheet. */
class ArrowSheetTest {

  private static final List<SheetColumn> ALL =
      List.of(
          new SheetColumn("text", ColumnType.TEXT),
          new SheetColumn("long", ColumnType.LONG),
          new SheetColumn("double", ColumnType.DOUBLE),
          new SheetColumn("decimal", ColumnType.DECIMAL),
          new SheetColumn("truth", ColumnType.BOOLEAN),
          new SheetColumn("at", ColumnType.INSTANT),
          new SheetColumn("nested", ColumnType.JSON));

  @Test
  void everyTypeIsReadBackAsItWas() throws IOException {
    Instant at = Instant.parse("2026-01-05T09:00:00.123456Z");
    Instant before1970 = Instant.parse("1969-12-31T23:59:59.999999Z");
    Instant far = Instant.parse("9999-12-31T00:00:00Z");
    JsonNode nested = Cells.JSON.readTree("{\"a\":[1,null]}");
    ArrowSheet sheet = new ArrowSheet(ALL);
    sheet.row(
        Arrays.asList("धारा", Long.MIN_VALUE, -0.5, new BigDecimal("-12.50"), true, at, nested));
    sheet.row(Arrays.asList(null, null, null, null, null, far, null));
    sheet.row(
        Arrays.asList("", 7L, Double.MAX_VALUE, new BigDecimal("3"), false, before1970, nested));

    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(sheet.bytes()), memory)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      assertThat(
          root.getSchema().getFields().stream().map(f -> f.getName() + " " + f.getType()).toList(),
          contains(
              "text Utf8",
              "long Int(64, true)",
              "double FloatingPoint(DOUBLE)",
              "decimal Decimal(38, 2, 128)",
              "truth Bool",
              "at Timestamp(MICROSECOND, UTC)",
              "nested Utf8"));
      assertThat(reader.loadNextBatch(), is(true));
      assertThat(root.getRowCount(), is(3));
      assertThat(column(root, "text"), is(Arrays.asList("धारा", null, "")));
      assertThat(column(root, "long"), is(Arrays.asList(Long.MIN_VALUE, null, 7L)));
      assertThat(column(root, "double"), is(Arrays.asList(-0.5, null, Double.MAX_VALUE)));
      assertThat(
          column(root, "decimal"),
          is(Arrays.asList(new BigDecimal("-12.50"), null, new BigDecimal("3.00"))));
      assertThat(column(root, "truth"), is(Arrays.asList(true, null, false)));
      assertThat(
          column(root, "at"),
          is(Arrays.asList(1_767_603_600_123_456L, 253_402_214_400_000_000L, -1L)));
      assertThat(
          column(root, "nested"), is(Arrays.asList("{\"a\":[1,null]}", null, "{\"a\":[1,null]}")));
      assertThat(reader.loadNextBatch(), is(false));
    }
  }

  @Test
  void noRowsAreAStreamWithASchemaOnly() throws IOException {
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(new ArrowSheet(ALL).bytes()), memory)) {
      assertThat(reader.getVectorSchemaRoot().getSchema().getFields().size(), is(ALL.size()));
      assertThat(reader.loadNextBatch(), is(false));
    }
  }

  @Test
  void manyRowsAreSplitIntoBatchesAndKeepTheirOrder() throws IOException {
    int rows = 150_000;
    ArrowSheet sheet =
        new ArrowSheet(
            List.of(
                new SheetColumn("number", ColumnType.LONG),
                new SheetColumn("even", ColumnType.BOOLEAN),
                new SheetColumn("text", ColumnType.TEXT)));
    for (long i = 0; i < rows; i++) {
      sheet.row(Arrays.asList(i, i % 2 == 0, i % 3 == 0 ? null : "row " + i));
    }

    List<Integer> batches = new ArrayList<>();
    long next = 0;
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(sheet.bytes()), memory)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        batches.add(root.getRowCount());
        List<Object> numbers = column(root, "number");
        List<Object> evens = column(root, "even");
        List<Object> texts = column(root, "text");
        for (int i = 0; i < root.getRowCount(); i++, next++) {
          assertThat(numbers.get(i), is(next));
          assertThat(evens.get(i), is(next % 2 == 0));
          assertThat(texts.get(i), is(next % 3 == 0 ? null : "row " + next));
        }
      }
    }
    assertThat(next, is((long) rows));
    assertThat(batches, contains(65_536, 65_536, 18_928));
  }

  @Test
  void longDecimalsAreWideAndLongerOnesText() throws IOException {
    String fifty = "1".repeat(50) + ".5";
    String eighty = "-" + "9".repeat(80);

    assertThat(decimals("1", fifty), contains("Decimal(76, 1, 256)", "1.0", fifty));
    assertThat(decimals("1", eighty), contains("Utf8", "1", eighty));
    assertThat(decimals("1E+3", "0.001"), contains("Decimal(38, 3, 128)", "1000.000", "0.001"));
  }

  /** The type of a column with these decimals, and the values that are read back. */
  private static List<String> decimals(String... decimals) throws IOException {
    ArrowSheet sheet = new ArrowSheet(List.of(new SheetColumn("d", ColumnType.DECIMAL)));
    for (String decimal : decimals) {
      sheet.row(List.of(new BigDecimal(decimal)));
    }
    List<String> read = new ArrayList<>();
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(sheet.bytes()), memory)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      read.add(root.getSchema().getFields().get(0).getType().toString());
      assertThat(reader.loadNextBatch(), is(true));
      column(root, "d").forEach(value -> read.add(String.valueOf(value)));
    }
    return read;
  }

  private static List<Object> column(VectorSchemaRoot root, String name) {
    FieldVector vector = root.getVector(name);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < root.getRowCount(); i++) {
      Object value = vector.getObject(i);
      // Texts are read as org.apache.arrow.vector.util.Text.
      boolean text = value != null && value.getClass().getSimpleName().equals("Text");
      values.add(text ? value.toString() : value);
    }
    return values;
  }
}
