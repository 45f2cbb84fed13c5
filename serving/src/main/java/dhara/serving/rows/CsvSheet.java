package dhara.serving.rows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows as CSV by RFC 4180, with a header and with lines that end in CR LF. Null is an empty cell;
 * an empty text is a cell of two quotes, so that the two can be told apart.
 */
public final class CsvSheet implements Sheet {

  public static final String TYPE = "text/csv; charset=utf-8; header=present";

  private static final String END = "\r\n";

  private final StringBuilder text = new StringBuilder();

  public CsvSheet(List<SheetColumn> columns) {
    row(columns.stream().map(SheetColumn::name).toList());
  }

  @Override
  public void row(List<? extends @Nullable Object> values) {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      Object value = values.get(i);
      if (value != null) {
        cell(Cells.text(value));
      }
    }
    text.append(END);
  }

  private void cell(String cell) {
    if (!cell.isEmpty() && cell.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ')) {
      text.append(cell);
    } else {
      text.append('"').append(cell.replace("\"", "\"\"")).append('"');
    }
  }

  @Override
  public long size() {
    return text.length();
  }

  @Override
  public byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
