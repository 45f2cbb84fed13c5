package dhara.parity;

import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.EventFormat;
import dhara.formats.EventParser;
import dhara.formats.text.BadEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;

/** An event with nothing to it: {@code id,epochMillis}. */
record Tick(String id, Instant at) implements Event {

  byte[] bytes() {
    return (id + "," + at.toEpochMilli()).getBytes(StandardCharsets.UTF_8);
  }

  /** Splits at the comma. */
  static final class Format implements EventFormat<Tick> {

    private static final long serialVersionUID = 1L;

    @Override
    public Class<Tick> type() {
      return Tick.class;
    }

    @Override
    public EventParser<Tick> parser() {
      return (bytes, offset, length) -> {
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (!line.matches("[^,]+,-?\\d{1,15}")) {
          throw new BadEvent(Reason.MALFORMED, "no id,epochMillis: " + line);
        }
        int comma = line.indexOf(',');
        return new Tick(
            line.substring(0, comma),
            Instant.ofEpochMilli(Long.parseLong(line.substring(comma + 1))));
      };
    }
  }

  /** Id, then milliseconds. */
  static final class TickCoder extends AtomicCoder<Tick> {

    @Override
    public void encode(Tick tick, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(tick.id(), out);
      VarLongCoder.of().encode(tick.at().toEpochMilli(), out);
    }

    @Override
    public Tick decode(InputStream in) throws IOException {
      return new Tick(
          StringUtf8Coder.of().decode(in), Instant.ofEpochMilli(VarLongCoder.of().decode(in)));
    }

    @Override
    public boolean consistentWithEquals() {
      return true;
    }
  }
}
