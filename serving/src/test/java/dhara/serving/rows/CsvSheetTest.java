package dhara.serving.rows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.serving.views.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvSheetTest {

  @Test
  void cellsAreQuotedIfTheyMustAndNullIsNotTheEmptyText() {
    CsvSheet sheet =
        new CsvSheet(
            List.of(
                new SheetColumn("name", ColumnType.TEXT),
                new SheetColumn("a,b", ColumnType.DECIMAL),
                new SheetColumn("at", ColumnType.INSTANT)));
    sheet.row(
        Arrays.asList(
            "say \"hi\",\nthen go", new BigDecimal("1E+3"), Instant.parse("2026-01-05T09:00:00Z")));
    sheet.row(Arrays.asList("", null, Instant.parse("2026-01-05T09:00:00.000001Z")));
    sheet.row(Arrays.asList(null, new BigDecimal("12.50"), null));

    assertThat(
        new String(sheet.bytes(), StandardCharsets.UTF_8),
        is(
            """
            name,"a,b",at\r
            "say ""hi"",
            then go",1000,2026-01-05T09:00:00.000Z\r
            "",,2026-01-05T09:00:00.000001Z\r
            ,12.5,\r
            """));
  }
}
