package dhara.pipelines.mobility.surge;

import dhara.options.BadOption;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * From which ratio on which multiplier is wanted; below the first ratio it is 1.
 *
 * @param rows by rising ratio and multiplier
 */
record PriceTable(List<Row> rows) implements Serializable {

  private static final String EXAMPLE = "--multipliers=1:1.2,2:2.0,4:3.0";
  private static final int DECIMALS = 2;

  /**
   * A row, in hundredths.
   *
   * @param ratio the smallest
   */
  record Row(long ratio, long multiplier) implements Serializable {}

  /** The table of {@code ratio:multiplier,ratio:multiplier…}. */
  static PriceTable of(String option, String text) {
    List<Row> rows = new ArrayList<>();
    StringTokenizer cells = new StringTokenizer(text, ",");
    Row before = new Row(0, 100);
    while (cells.hasMoreTokens()) {
      Row row = row(option, text, cells.nextToken().strip());
      if (row.ratio <= before.ratio || row.multiplier < before.multiplier) {
        throw new BadOption(
            option, text, "has rows that do not rise in ratio and multiplier, e.g. " + EXAMPLE);
      }
      rows.add(row);
      before = row;
    }
    if (rows.isEmpty()) {
      throw new BadOption(option, text, "has no row, e.g. " + EXAMPLE);
    }
    return new PriceTable(List.copyOf(rows));
  }

  private static Row row(String option, String text, String row) {
    int colon = row.indexOf(':');
    try {
      return new Row(hundredths(row.substring(0, colon)), hundredths(row.substring(colon + 1)));
    } catch (IndexOutOfBoundsException | ArithmeticException | NumberFormatException e) {
      throw new BadOption(
          option,
          text,
          "'%s' is no ratio and multiplier with at most two decimals, e.g. %s"
              .formatted(row, EXAMPLE),
          e);
    }
  }

  private static long hundredths(String number) {
    long hundredths = new BigDecimal(number.strip()).movePointRight(DECIMALS).longValueExact();
    if (hundredths < 0 || hundredths > 1_000_000) {
      throw new NumberFormatException("it is not within 0 and 10,000");
    }
    return hundredths;
  }

  /** The multiplier that is wanted where nobody is available, but somebody waits. */
  long greatest() {
    return rows.get(rows.size() - 1).multiplier;
  }

  /**
   * The multiplier that is wanted, in hundredths.
   *
   * @param requests by {@code drivers}, both in any unit; drivers above zero
   */
  long wanted(long requests, long drivers) {
    long wanted = 100;
    for (Row row : rows) {
      if (requests * 100 >= row.ratio * drivers) {
        wanted = row.multiplier;
      }
    }
    return wanted;
  }
}
