package dhara.serving.api;

import dhara.serving.rows.ArrowSheet;
import dhara.serving.rows.CsvSheet;
import dhara.serving.rows.JsonSheet;
import java.util.Locale;
import org.checkerframework.checker.nullness.qual.Nullable;

/** In which format rows are sent. */
enum SendFormat {
  JSON(JsonSheet.TYPE),
  CSV(CsvSheet.TYPE),
  ARROW(ArrowSheet.TYPE);

  private final String type;

  SendFormat(String type) {
    this.type = type;
  }

  /** The content type of an answer. */
  String type() {
    return type;
  }

  /**
   * The format that a request asks for: by the parameter, else by the first type of the {@code
   * Accept} header that is known, else JSON.
   *
   * @throws Refusal if the parameter or the header names only other formats
   */
  static SendFormat of(@Nullable String parameter, @Nullable String accept) {
    if (parameter != null) {
      for (SendFormat format : values()) {
        if (format.name().toLowerCase(Locale.ROOT).equals(parameter)) {
          return format;
        }
      }
      throw Refusal.bad("format=" + parameter + ": must be json, csv or arrow");
    }
    if (accept == null || accept.isBlank()) {
      return JSON;
    }
    for (String range : accept.split(",", -1)) {
      String wanted = range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
      for (SendFormat format : values()) {
        if (wanted.equals(format.type.split(";", 2)[0])) {
          return format;
        }
      }
      if (wanted.equals("*/*") || wanted.equals("application/*")) {
        return JSON;
      }
      if (wanted.equals("text/*")) {
        return CSV;
      }
    }
    // Pages of a browser name text/html first and end with */*, which is found above.
    throw new Refusal(
        Refusal.NOT_ACCEPTABLE,
        "Accept: "
            + accept
            + ": rows are sent as application/json, text/csv or "
            + ArrowSheet.TYPE);
  }
}
