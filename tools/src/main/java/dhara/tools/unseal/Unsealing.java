package dhara.tools.unseal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.WrittenRow;
import dhara.tokens.Seal;
import dhara.tools.letters.Letters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Takes dead letters, and writes them opened, a line each. */
final class Unsealing implements Letters.Taker {

  /** How many letters that could not be opened are named. */
  private static final int SHOWN = 5;

  private final Seal seal;
  private final OutputStream out;
  private final List<String> why = new ArrayList<>();
  private long opened;
  private long clear;
  private long refused;

  Unsealing(Seal seal, OutputStream out) {
    this.seal = seal;
    this.out = out;
  }

  @Override
  public void row(WrittenRow row) {
    if (!row.tombstone()) {
      take(row);
    }
  }

  @Override
  public void unreadable(String why) {
    refuse(why);
  }

  private void take(WrittenRow row) {
    JsonNode base64 = row.columns().path("bytes");
    if (!base64.isTextual() || !row.columns().path("reason").isTextual()) {
      throw row.unreadable("it is no dead letter");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.textValue());
    } catch (IllegalArgumentException e) {
      throw row.unreadable("its bytes are not Base64");
    }
    if (!Seal.isSealed(bytes)) {
      write(row.columns());
      clear++;
      return;
    }
    try {
      Seal.Opened letter = seal.open(bytes);
      ObjectNode columns = row.columns().deepCopy();
      columns.put("text", letter.reason());
      columns.put("bytes", Base64.getEncoder().encodeToString(letter.bytes()));
      write(columns);
      opened++;
    } catch (IllegalArgumentException e) {
      refuse(row.place() + " " + e.getMessage());
    }
  }

  private void refuse(String reason) {
    refused++;
    if (why.size() < SHOWN) {
      why.add(reason);
    }
  }

  private void write(ObjectNode columns) {
    try {
      out.write((columns + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many could not be opened. */
  long refused() {
    return refused;
  }

  /** Says what was done. */
  void sayTo(PrintStream err) {
    why.forEach(err::println);
    err.printf(
        Locale.ROOT,
        "%,d dead letters opened, %,d were not sealed, %,d could not be opened%n",
        opened,
        clear,
        refused);
  }
}
