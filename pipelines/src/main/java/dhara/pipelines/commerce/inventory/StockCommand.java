package dhara.pipelines.commerce.inventory;

import dhara.events.Event;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that a warehouse is asked to do with its stock.
 *
 * @param id identity of the command
 * @param at when it was given
 * @param warehouse whose stock it is
 * @param kind what is to be done
 * @param order the order that units are reserved for, or whose reservation ends
 * @param lines the units: of each product, or none if the order tells which
 */
public record StockCommand(
    String id,
    Instant at,
    String warehouse,
    Kind kind,
    @Nullable String order,
    @Nullable List<Line> lines)
    implements Event {

  /** The most units of one line: sums of nine billion such lines fit a long. */
  private static final long MOST_UNITS = 1_000_000_000L;

  /** The most lines of a command. */
  private static final int MOST_LINES = 10_000;

  /** What is to be done. */
  public enum Kind {
    /** Units have come. */
    RESTOCK,
    /** Units are set aside for an order, until it is committed or cancelled. */
    RESERVE,
    /** The reserved units of an order have left. */
    COMMIT,
    /** The reserved units of an order are free again. */
    CANCEL,
    /** The same, because the order took too long. */
    EXPIRE,
    /** Units were found, or with a negative quantity, were not found. */
    ADJUST
  }

  /**
   * Units of a product.
   *
   * @param quantity never zero; negative only to adjust
   */
  public record Line(String product, long quantity) {

    public Line {
      if (quantity == 0) {
        throw new IllegalArgumentException("quantity is 0: a line moves something");
      }
      if (quantity < -MOST_UNITS || quantity > MOST_UNITS) {
        throw new IllegalArgumentException("quantity is beyond " + MOST_UNITS + ": " + quantity);
      }
    }
  }

  public StockCommand {
    lines = lines == null ? List.of() : List.copyOf(lines);
    boolean moves = kind == Kind.RESTOCK || kind == Kind.RESERVE || kind == Kind.ADJUST;
    if (moves == lines.isEmpty()) {
      throw new IllegalArgumentException(
          kind + (moves ? " has no lines: it says which units" : " has lines: its order has them"));
    }
    if (lines.size() > MOST_LINES) {
      throw new IllegalArgumentException("more than " + MOST_LINES + " lines: " + lines.size());
    }
    if (order == null && kind != Kind.RESTOCK && kind != Kind.ADJUST) {
      throw new IllegalArgumentException(kind + " has no order: it is about one");
    }
    for (Line line : lines) {
      if (line.quantity < 0 && kind != Kind.ADJUST) {
        throw new IllegalArgumentException(
            "quantity is negative: " + line.quantity + "; only ADJUST takes units away");
      }
    }
  }

  /** The units of each product, whose lines are added up, in the order of products. */
  static List<Line> perProduct(List<Line> lines) {
    if (lines.size() == 1) {
      return lines;
    }
    TreeMap<String, Long> sums = new TreeMap<>();
    lines.forEach(line -> sums.merge(line.product, line.quantity, Long::sum));
    return sums.entrySet().stream()
        .filter(sum -> sum.getValue() != 0)
        .map(sum -> new Line(sum.getKey(), sum.getValue()))
        .toList();
  }
}
