package dhara.formats;

import dhara.events.DeadLetter.Reason;
import dhara.formats.mapping.Fields;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadBytes;
import dhara.formats.text.BadEvent;
import dhara.formats.text.CsvLine;
import dhara.formats.text.Text;
import dhara.formats.text.Utf8;
import dhara.tokens.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Events as CSV lines: RFC 4180 in UTF-8, with an optional byte order mark, one line per event.
 * Columns are found by the names of components or by a {@link Mapping}; other columns are skipped.
 *
 * <p>A component must have a value unless it is {@code @Nullable} or {@code Optional}; an empty
 * cell, quoted or not, counts as missing. Records and lists within the record are read from JSON in
 * a cell.
 *
 * <pre>{@code
 * List<String> columns = CsvFormat.columns("InvoiceNo,StockCode,Quantity", ',');
 * EventFormat<OrderLine> format = CsvFormat.of(OrderLine.class, mapping, ',', columns);
 * }</pre>
 *
 * @param <T> the record that events become
 */
public final class CsvFormat<T extends Record> implements EventFormat<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final Mapping mapping;
  private final char delimiter;
  private final ArrayList<String> columns;

  private CsvFormat(Class<T> type, Mapping mapping, char delimiter, List<String> columns) {
    this.type = type;
    this.mapping = mapping.ofColumns();
    this.delimiter = delimiter;
    this.columns = new ArrayList<>(columns);
  }

  /**
   * The format of a record.
   *
   * @param columns the names of the columns, from the header or from the user
   * @throws IllegalArgumentException if a required component has no column, the mapping does not
   *     fit the record, or the record has components that no format reads
   */
  public static <T extends Record> CsvFormat<T> of(
      Class<T> type, Mapping mapping, char delimiter, List<String> columns) {
    CsvFormat<T> format = new CsvFormat<>(type, mapping, delimiter, columns);
    format.checkColumns(RecordReader.of(type, format.mapping));
    EventParser<T> unused = format.parser();
    return format;
  }

  /**
   * Splits a header line into its columns: a byte order mark and a line break are left out, and so
   * are the spaces around a name.
   *
   * @throws IllegalArgumentException if the line is not valid CSV, e.g. a quote is left open
   */
  public static List<String> columns(String header, char delimiter) {
    String line = header.startsWith("\uFEFF") ? header.substring(1) : header;
    try {
      return CsvLine.texts(line.stripTrailing(), delimiter).stream().map(String::strip).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("no header of columns: " + e.getMessage(), e);
    }
  }

  /**
   * Splits a line into the texts of its cells; cells in quotes may hold line breaks.
   *
   * @throws IllegalArgumentException if the line is not valid CSV, e.g. a quote is left open
   */
  public static List<String> cells(String line, char delimiter) {
    return CsvLine.texts(line, delimiter);
  }

  private void checkColumns(RecordReader<T> reader) {
    FieldCheck.of(reader, type, "column").check(columns);
    for (int i = 0; i < columns.size(); i++) {
      if (reader.fields().target(columns.get(i)) != null
          && columns.lastIndexOf(columns.get(i)) != i) {
        throw new IllegalArgumentException(
            "the column " + columns.get(i) + " is there twice; give them names that differ");
      }
    }
  }

  @Override
  public Class<T> type() {
    return type;
  }

  @Override
  public @Nullable Tokens tokens() {
    return mapping.tokens();
  }

  @Override
  public EventParser<T> parser() {
    return new Lines<>(RecordReader.of(type, mapping), new CsvLine(delimiter), columns);
  }

  private static final class Lines<T extends Record> implements EventParser<T> {
    private final RecordReader<T> reader;
    private final CsvLine line;
    private final Fields.@Nullable Target[] targets;
    private final Text text = new Text();

    Lines(RecordReader<T> reader, CsvLine line, List<String> columns) {
      this.reader = reader;
      this.line = line;
      targets = columns.stream().map(reader.fields()::target).toArray(Fields.Target[]::new);
    }

    @Override
    public T parse(byte[] bytes, int offset, int length) throws BadEvent {
      int end = offset + length;
      int bad = Utf8.firstBad(bytes, offset, end);
      if (bad >= 0) {
        throw BadBytes.notUtf8(bytes, offset, bad);
      }
      int start = Utf8.afterMark(bytes, offset, end);
      if (Utf8.afterBlank(bytes, start, end) == end) {
        throw BadBytes.empty(length);
      }
      line.split(bytes, start, beforeBreak(bytes, start, end));
      if (line.cells() != targets.length) {
        throw new BadEvent(
            Reason.MALFORMED, "has " + line.cells() + " columns instead of " + targets.length);
      }
      reader.begin();
      for (int i = 0; i < targets.length; i++) {
        Fields.Target target = targets[i];
        if (target != null) {
          line.cell(i, target.label(), text);
          reader.scalar(target, text);
        }
      }
      return reader.finish();
    }

    private static int beforeBreak(byte[] bytes, int start, int end) {
      int i = end > start && bytes[end - 1] == '\n' ? end - 1 : end;
      return i > start && bytes[i - 1] == '\r' ? i - 1 : i;
    }
  }
}
