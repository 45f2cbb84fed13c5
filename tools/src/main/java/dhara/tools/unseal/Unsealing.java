package dhara.tools.unseal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.tokens.Seal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Reads dead letters to their end, and writes them opened, a line each. */
final class Unsealing {

  /** How long a topic may say nothing although records are known to be there. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private static final int MOST_SILENT = 30;

  /** How many letters that could not be opened are named. */
  private static final int SHOWN = 5;

  private final Seal seal;
  private final List<String> why = new ArrayList<>();
  private long opened;
  private long clear;
  private long refused;

  Unsealing(Seal seal) {
    this.seal = seal;
  }

  /**
   * Writes everything that a feed has now.
   *
   * @throws IOException if it cannot be read, or the output cannot be written
   */
  void all(RowFeed feed, OutputStream out) throws IOException, InterruptedException {
    int silent = 0;
    while (!feed.ended()) {
      long before = opened + clear + refused;
      try {
        feed.poll(WAIT, batch -> take(batch, out));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      silent = opened + clear + refused > before ? 0 : silent + 1;
      if (silent > 0 && feed.lag() == 0) {
        return;
      } else if (silent == MOST_SILENT) {
        throw new IOException(
            "%,d dead letters are there and do not come; try again later".formatted(feed.lag()));
      }
    }
  }

  private void take(RowFeed.Batch batch, OutputStream out) {
    for (String unreadable : batch.unreadable()) {
      refuse(unreadable);
    }
    for (WrittenRow row : batch.rows()) {
      if (!row.tombstone()) {
        take(row, out);
      }
    }
  }

  private void take(WrittenRow row, OutputStream out) {
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
      write(row.columns(), out);
      clear++;
      return;
    }
    try {
      Seal.Opened letter = seal.open(bytes);
      ObjectNode columns = row.columns().deepCopy();
      columns.put("text", letter.reason());
      columns.put("bytes", Base64.getEncoder().encodeToString(letter.bytes()));
      write(columns, out);
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

  private static void write(ObjectNode columns, OutputStream out) {
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
