package dhara.benchmarks.backfill;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** Writes rows as lines of CSV or JSON, byte by byte: ten million rows take seconds. */
final class OrderText {

  /** The columns of CSV, and the fields of JSON. */
  static final String HEADER =
      "id,at,order,product,category,country,city,customer,quantity,unit_minor";

  private static final String[] CATEGORIES = {"books", "games", "garden", "kitchen", "shoes"};
  private static final String[] COUNTRIES = {
    "India", "Nepal", "Bhutan", "Sri Lanka", "Bangladesh", "Maldives",
    "Kenya", "Ghana", "Peru", "Chile", "Norway", "Spain"
  };
  private static final String[] CITIES = {
    "Mumbai", "Kathmandu", "Thimphu", "Colombo", "Dhaka", "Male",
    "Nairobi", "Accra", "Lima", "Santiago", "Oslo", "Madrid"
  };

  private static final long DAY_MILLIS = 86_400_000;
  private static final int MOST_LINE = 1024;

  /** What stands before each field, in JSON and in CSV, and what ends a line. */
  private static final class Marks {
    static final Marks JSON = new Marks(true);
    static final Marks CSV = new Marks(false);

    final boolean json;
    final byte[][] before;
    final byte[] end;

    Marks(boolean json) {
      String[] names = HEADER.split(",", -1);
      String[] texts = new String[names.length];
      for (int i = 0; i < names.length; i++) {
        String comma = i == 0 ? "" : ",";
        texts[i] = json ? (i == 0 ? "{" : ",") + '"' + names[i] + "\":" : comma;
      }
      this.json = json;
      this.before = bytes(texts);
      this.end = bytes(json ? "}\n" : "\n");
    }
  }

  private static final byte[] NULL = bytes("null");
  private static final byte[][] CATEGORY_BYTES = bytes(CATEGORIES);
  private static final byte[][] COUNTRY_BYTES = bytes(COUNTRIES);
  private static final byte[][] CITY_BYTES = bytes(CITIES);

  private final OutputStream out;
  private final Marks marks;
  private final byte[] buffer = new byte[1 << 16];
  private int length;
  private long day = Long.MIN_VALUE;
  private byte[] date = {};

  /**
   * A writer of lines.
   *
   * @param json whether lines are JSON; otherwise CSV, whose header is the first line
   */
  OrderText(OutputStream out, boolean json) {
    this.out = out;
    this.marks = json ? Marks.JSON : Marks.CSV;
    if (!json) {
      put(bytes(HEADER));
      put(marks.end);
    }
  }

  /** Writes a line. */
  void write(OrderRow row) throws IOException {
    if (length > buffer.length - MOST_LINE) {
      flush();
    }
    before(0);
    quote();
    order(row);
    put('-');
    digits(1, row.line());
    quote();
    before(1);
    time(row.at());
    before(2);
    quote();
    order(row);
    quote();
    before(3);
    quote();
    put('P');
    digits(3, row.product());
    quote();
    before(4);
    text(row.product() % 13 == 12 ? null : CATEGORY_BYTES[row.product() % CATEGORIES.length]);
    before(5);
    text(COUNTRY_BYTES[row.place()]);
    before(6);
    text(CITY_BYTES[row.place()]);
    before(7);
    if (row.customer() == OrderRow.NOBODY) {
      text(null);
    } else {
      quote();
      put('C');
      digits(6, row.customer());
      quote();
    }
    before(8);
    if (row.cancels()) {
      put('-');
    }
    digits(1, row.quantity());
    before(9);
    put(bytes(Integer.toString(row.unitMinor())));
    put(marks.end);
  }

  /** Hands on what was written. */
  void flush() throws IOException {
    out.write(buffer, 0, length);
    length = 0;
  }

  private void before(int field) {
    put(marks.before[field]);
  }

  private void quote() {
    if (marks.json) {
      put('"');
    }
  }

  private void text(byte @org.checkerframework.checker.nullness.qual.Nullable [] text) {
    if (text != null) {
      quote();
      put(text);
      quote();
    } else if (marks.json) {
      put(NULL);
    }
  }

  private void order(OrderRow row) {
    if (row.cancels()) {
      put('X');
    }
    put('O');
    digits(9, row.order());
  }

  private void time(long at) {
    long newDay = Math.floorDiv(at, DAY_MILLIS);
    if (newDay != day) {
      date = bytes(LocalDate.ofEpochDay(newDay).toString());
      day = newDay;
    }
    int ofDay = (int) (at - newDay * DAY_MILLIS);
    quote();
    put(date);
    put('T');
    digits(2, ofDay / 3_600_000);
    put(':');
    digits(2, ofDay / 60_000 % 60);
    put(':');
    digits(2, ofDay / 1000 % 60);
    put('.');
    digits(3, ofDay % 1000);
    put('Z');
    quote();
  }

  private void digits(int width, long number) {
    long rest = number;
    for (int i = length + width - 1; i >= length; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += width;
  }

  private void put(char letter) {
    buffer[length++] = (byte) letter;
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[][] bytes(String[] texts) {
    byte[][] all = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      all[i] = bytes(texts[i]);
    }
    return all;
  }
}
