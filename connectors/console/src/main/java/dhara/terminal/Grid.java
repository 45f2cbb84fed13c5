package dhara.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lays out cells in aligned columns within the width of the terminal. If they are too wide, headers
 * are broken at underscores, and times lose trailing zeros that the whole column shares. If that is
 * not enough, the remaining columns follow in further blocks below, each of which repeats the key
 * columns. No cell is left out.
 */
public final class Grid {

  private static final String GAP = "  ";

  /**
   * A column.
   *
   * @param name its header
   * @param cells its cells, from the top
   * @param right whether they are aligned at the right, as numbers are
   */
  public record Column(String name, List<String> cells, boolean right) {

    private Column shortened() {
      for (String zeros : List.of(":00.000Z", ".000Z")) {
        if (cells.stream().allMatch(cell -> cell.isEmpty() || cell.endsWith(zeros))) {
          List<String> shorter = cells.stream().map(cell -> cell.replace(zeros, "Z")).toList();
          return new Column(name, shorter, right);
        }
      }
      return this;
    }
  }

  /** A column with its header broken into lines, and its width. */
  private record Laid(Column column, List<String> header, int width) {

    static Laid of(Column column, boolean broken) {
      List<String> header = broken ? List.of(column.name.split("(?<=_)")) : List.of(column.name);
      return new Laid(
          column,
          header,
          Stream.concat(header.stream(), column.cells.stream())
              .mapToInt(Grid::width)
              .max()
              .orElse(0));
    }

    /** A line of a block whose headers have this many lines; header lines come first. */
    String line(int i, int headers) {
      int blank = headers - header.size();
      String cell =
          i < blank ? "" : i < headers ? header.get(i - blank) : column.cells.get(i - headers);
      String space = " ".repeat(width - Grid.width(cell));
      return column.right ? space + cell : cell + space;
    }
  }

  private Grid() {}

  /**
   * The lines.
   *
   * @param lead the number of key columns
   * @param most the largest width
   */
  public static List<String> lines(List<Column> columns, int lead, int most) {
    List<Laid> whole = columns.stream().map(column -> Laid.of(column, false)).toList();
    if (total(whole) <= most) {
      return block(whole);
    }
    List<Laid> narrow = columns.stream().map(column -> Laid.of(column.shortened(), true)).toList();
    List<Laid> leading = narrow.subList(0, lead);
    if (total(leading) > most / 2) {
      leading = List.of();
    }
    List<String> lines = new ArrayList<>();
    List<Laid> block = new ArrayList<>();
    for (Laid column : narrow) {
      block.add(column);
      boolean alone = block.size() == 1 || block.size() == leading.size() + 1;
      if (total(block) > most && !alone) {
        lines.addAll(block(block.subList(0, block.size() - 1)));
        lines.add("");
        block = new ArrayList<>(leading);
        block.add(column);
      }
    }
    lines.addAll(block(block));
    return lines;
  }

  private static List<String> block(List<Laid> columns) {
    int headers = columns.stream().mapToInt(column -> column.header.size()).max().orElse(0);
    int rows = columns.stream().mapToInt(laid -> laid.column.cells.size()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < headers + rows && !columns.isEmpty(); i++) {
      int each = i;
      lines.add(
          String.join(GAP, columns.stream().map(column -> column.line(each, headers)).toList())
              .stripTrailing());
    }
    return lines;
  }

  private static int total(List<Laid> columns) {
    return columns.stream().mapToInt(laid -> laid.width + GAP.length()).sum() - GAP.length();
  }

  /**
   * The number of terminal columns of a text; wide scripts, which take two columns per character,
   * are not considered.
   */
  public static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
