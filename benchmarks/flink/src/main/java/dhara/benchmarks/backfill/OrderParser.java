package dhara.benchmarks.backfill;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A parser by hand, of the fields that the job needs: JSON with Jackson's streaming parser, CSV by
 * its commas, which is right for files without quotes only.
 */
final class OrderParser {

  private static final JsonFactory JACKSON = new JsonFactory();
  private static final int TIME_LENGTH = 24;

  private final boolean json;
  private final char[] time = new char[TIME_LENGTH];

  OrderParser(boolean json) {
    this.json = json;
  }

  /** The order line of a line. */
  Bought parse(byte[] line, int offset, int length) throws IOException {
    return json ? json(line, offset, length) : csv(line, offset, length);
  }

  private static Bought json(byte[] line, int offset, int length) throws IOException {
    Bought bought = new Bought();
    try (JsonParser parser = JACKSON.createParser(line, offset, length)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        boolean present = parser.nextToken() != JsonToken.VALUE_NULL;
        switch (name) {
          case "id" -> bought.id = parser.getText();
          case "at" ->
              bought.at = PlaybackLines.millis(parser.getTextCharacters(), parser.getTextOffset());
          case "order" -> bought.order = parser.getText();
          case "product" -> bought.product = parser.getText();
          case "country" -> bought.country = present ? parser.getText() : "unknown";
          case "customer" -> bought.customer = present ? parser.getText() : "";
          case "quantity" -> bought.quantity = parser.getLongValue();
          case "unit_minor" -> bought.unitMinor = parser.getLongValue();
          default -> {} // a field that the job does not need
        }
      }
    }
    return bought;
  }

  /** The columns are those of {@link OrderText#HEADER}, in this order. */
  private Bought csv(byte[] line, int offset, int length) {
    Bought bought = new Bought();
    int end = offset + length;
    int from = offset;
    for (int column = 0; from <= end; column++) {
      int to = from;
      while (to < end && line[to] != ',') {
        to++;
      }
      switch (column) {
        case 0 -> bought.id = text(line, from, to);
        case 1 -> bought.at = time(line, from);
        case 2 -> bought.order = text(line, from, to);
        case 3 -> bought.product = text(line, from, to);
        case 5 -> bought.country = to > from ? text(line, from, to) : "unknown";
        case 7 -> bought.customer = text(line, from, to);
        case 8 -> bought.quantity = number(line, from, to);
        case 9 -> bought.unitMinor = number(line, from, to);
        default -> {} // a column that the job does not need
      }
      from = to + 1;
    }
    return bought;
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.UTF_8);
  }

  private long time(byte[] line, int from) {
    for (int i = 0; i < TIME_LENGTH; i++) {
      time[i] = (char) line[from + i];
    }
    return PlaybackLines.millis(time, 0);
  }

  private static long number(byte[] line, int from, int to) {
    boolean negative = line[from] == '-';
    long number = 0;
    for (int i = negative ? from + 1 : from; i < to; i++) {
      number = number * 10 + line[i] - '0';
    }
    return negative ? -number : number;
  }
}
