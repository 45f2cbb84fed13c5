package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Decoding;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.EventBug;
import dhara.formats.RecordFields;
import dhara.formats.text.BadEvent;
import dhara.tokens.Seal;
import dhara.tokens.Tokens;
import dhara.transforms.windows.Lateness;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A record after parsing: an event, or the reason why it is not one. The bytes are kept only for
 * dead letters.
 *
 * <p>A Kafka deserializer sees the bytes, but neither the record's timestamp, which bounds the
 * event time, nor the watermark. So an arrival is built in steps before it is passed on: parsed
 * from the bytes, then {@link #settle settled} with the timestamp, then, if it is late, put {@link
 * #behind} the watermark. After that it does not change.
 */
public final class Arrival<T extends Record & Event> {

  private static final long ON_TIME = Long.MIN_VALUE;
  private static final String TOMBSTONE = "no value (a tombstone)";
  private static final byte[] NOTHING = {};

  private @Nullable T event;
  private @Nullable Reason reason;
  private @Nullable String text;
  private byte @Nullable [] bytes;
  private @Nullable String sha256;
  private long watermarkMillis = ON_TIME;
  private boolean bug;
  private final int length;
  private final long seenMillis;

  private Arrival(
      @Nullable T event,
      @Nullable Reason reason,
      @Nullable String text,
      byte @Nullable [] bytes,
      int length,
      long seenMillis) {
    this.event = event;
    this.reason = reason;
    this.text = text;
    this.bytes = bytes;
    this.length = length;
    this.seenMillis = seenMillis;
  }

  /** An event whose time is not yet checked; the bytes are kept until then. */
  static <T extends Record & Event> Arrival<T> parsed(T event, byte[] bytes, long seenMillis) {
    return new Arrival<>(event, null, null, bytes, bytes.length, seenMillis);
  }

  /**
   * A record without a value, which is not an event; in a reference it removes the record's key.
   */
  static <T extends Record & Event> Arrival<T> tombstone(long seenMillis) {
    return bad(Reason.EMPTY, TOMBSTONE, NOTHING, 0, seenMillis);
  }

  /**
   * Bytes that are not an event.
   *
   * @param bytes the bytes that are kept
   * @param length the length of all bytes
   */
  public static <T extends Record & Event> Arrival<T> bad(
      Reason reason, String text, byte[] bytes, int length, long seenMillis) {
    return new Arrival<>(null, reason, text, bytes, length, seenMillis);
  }

  /**
   * The same with its bytes and its reason sealed, because they may hold personal data anywhere.
   */
  public Arrival<T> sealed(Seal seal) {
    if (reason == null || text == null || bytes == null) {
      throw new IllegalStateException("an event is not sealed");
    }
    bytes = seal.seal(text, bytes);
    text = Seal.TEXT;
    return this;
  }

  /**
   * Bytes on which the event's class has failed. The caller that knows their position fails the
   * run.
   */
  static <T extends Record & Event> Arrival<T> bug(EventBug bug, int length, long seenMillis) {
    Arrival<T> arrival = bad(Reason.INVALID, bug.getMessage(), NOTHING, length, seenMillis);
    arrival.bug = true;
    return arrival;
  }

  /**
   * Bytes that are not an event because they are too long.
   *
   * @param kept the first of them
   * @param seal seals them; null if they need not be sealed
   */
  static <T extends Record & Event> Arrival<T> tooLong(
      String text, byte[] kept, byte[] whole, long seenMillis, @Nullable Seal seal) {
    Arrival<T> arrival = bad(Reason.TOO_LONG, text, kept, whole.length, seenMillis);
    arrival.sha256 = seal == null ? DeadLetter.sha256(whole) : seal.name(whole);
    return seal == null ? arrival : arrival.sealed(seal);
  }

  /**
   * Checks the event time, and releases the bytes if it is an event.
   *
   * @param decoding the range of plausible times, and whether dead letters are sealed
   * @param recordMillis the record's timestamp in epoch milliseconds; negative if it has none
   */
  public void settle(Decoding<T> decoding, long recordMillis) {
    T parsed = event;
    if (parsed == null) {
      return;
    }
    try {
      decoding
          .bounds()
          .check(parsed.at(), recordMillis < 0 ? seenMillis : Math.min(recordMillis, seenMillis));
      bytes = null;
    } catch (BadEvent e) {
      event = null;
      reason = e.reason();
      text = e.getMessage();
      Tokens tokens = decoding.format().tokens();
      if (tokens != null) {
        Arrival<T> unused = sealed(tokens.seal());
      }
    }
  }

  /**
   * Marks the event as late.
   *
   * @param millis the watermark that had passed it, epoch milliseconds
   */
  public void behind(long millis) {
    watermarkMillis = millis;
  }

  /** Whether the record has no value. */
  public boolean tombstone() {
    return TOMBSTONE.equals(text);
  }

  /**
   * The late event of a tombstone, with the time of its record.
   *
   * @param position its position in the source; also its id
   */
  public LateEvent lateTombstone(
      long atMillis, Lateness lateness, String input, String source, String position) {
    IntervalWindow missed = lateness.missed(atMillis);
    return new LateEvent(
        input,
        position,
        Instant.ofEpochMilli(atMillis),
        Instant.ofEpochMilli(missed.start().getMillis()),
        Instant.ofEpochMilli(missed.end().getMillis()),
        lateness.lateMillis(atMillis, watermarkMillis),
        source,
        position,
        "null");
  }

  /** Whether it is an event that is too late for its windows. */
  public boolean late() {
    return watermarkMillis != ON_TIME;
  }

  /**
   * The late event.
   *
   * @param position its position in the source
   */
  public LateEvent lateEvent(
      RecordFields<T> fields, Lateness lateness, String input, String source, String position) {
    if (event == null || !late()) {
      throw new IllegalStateException("only an event can be late");
    }
    long atMillis = event.at().toEpochMilli();
    IntervalWindow missed = lateness.missed(atMillis);
    return new LateEvent(
        input,
        event.id(),
        event.at(),
        Instant.ofEpochMilli(missed.start().getMillis()),
        Instant.ofEpochMilli(missed.end().getMillis()),
        lateness.lateMillis(atMillis, watermarkMillis),
        source,
        position,
        new String(fields.json(event), UTF_8));
  }

  /** The length of the record in bytes, without its key. */
  public int length() {
    return length;
  }

  /** The event; null if the bytes are not one. */
  public @Nullable T event() {
    return event;
  }

  /**
   * The dead letter of bytes that are not an event.
   *
   * @param position their position in the source
   * @throws IllegalStateException if the event's class has failed on them: that is no dead letter
   */
  public DeadLetter deadLetter(String input, String source, String position) {
    if (reason == null || text == null || bytes == null) {
      throw new IllegalStateException("an event is no dead letter");
    }
    if (bug) {
      throw EventBug.at(source, position, text);
    }
    return new DeadLetter(
        input,
        reason,
        text,
        source,
        position,
        Instant.ofEpochMilli(seenMillis),
        bytes,
        null,
        null,
        sha256 == null ? null : Long.valueOf(length),
        sha256);
  }

  /** Encodes settled arrivals: a tag byte, then the event or the reason. */
  public static final class ArrivalCoder<T extends Record & Event>
      extends StructuredCoder<Arrival<T>> {

    private static final long serialVersionUID = 1L;

    private static final int EVENT = 0;
    private static final int BAD = 1;
    private static final int LATE = 2;
    private static final int CUT = 3;
    private static final int NO_VALUE = 4;
    private static final int BUG = 5;

    private final Coder<T> events;

    public ArrivalCoder(Coder<T> events) {
      this.events = events;
    }

    @Override
    public void encode(Arrival<T> arrival, OutputStream out) throws IOException {
      T event = arrival.event;
      DataOutputStream data = new DataOutputStream(out);
      if (event != null) {
        out.write(arrival.late() ? LATE : EVENT);
        data.writeInt(arrival.length);
        data.writeLong(arrival.seenMillis);
        if (arrival.late()) {
          data.writeLong(arrival.watermarkMillis);
        }
        events.encode(event, out);
        return;
      }
      if (arrival.tombstone()) {
        out.write(NO_VALUE);
        data.writeInt(arrival.length);
        data.writeLong(arrival.seenMillis);
        data.writeLong(arrival.watermarkMillis);
        return;
      }
      if (arrival.reason == null || arrival.text == null || arrival.bytes == null) {
        throw new IllegalStateException("an arrival is an event or has a reason");
      }
      out.write(arrival.bug ? BUG : arrival.sha256 == null ? BAD : CUT);
      data.writeInt(arrival.length);
      data.writeLong(arrival.seenMillis);
      StringUtf8Coder.of().encode(arrival.reason.name(), out);
      StringUtf8Coder.of().encode(arrival.text, out);
      ByteArrayCoder.of().encode(arrival.bytes, out);
      if (arrival.sha256 != null) {
        StringUtf8Coder.of().encode(arrival.sha256, out);
      }
    }

    @Override
    public Arrival<T> decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      int tag = data.readUnsignedByte();
      int length = data.readInt();
      long seenMillis = data.readLong();
      if (tag == NO_VALUE) {
        Arrival<T> arrival = tombstone(seenMillis);
        arrival.behind(data.readLong());
        return arrival;
      }
      if (tag != BAD && tag != CUT && tag != BUG) {
        long watermarkMillis = tag == LATE ? data.readLong() : ON_TIME;
        Arrival<T> arrival = new Arrival<>(events.decode(in), null, null, null, length, seenMillis);
        arrival.behind(watermarkMillis);
        return arrival;
      }
      Arrival<T> arrival =
          new Arrival<>(
              null,
              Reason.valueOf(StringUtf8Coder.of().decode(in)),
              StringUtf8Coder.of().decode(in),
              ByteArrayCoder.of().decode(in),
              length,
              seenMillis);
      arrival.bug = tag == BUG;
      arrival.sha256 = tag == CUT ? StringUtf8Coder.of().decode(in) : null;
      return arrival;
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(events);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      verifyDeterministic(this, "events must encode deterministically", events);
    }
  }
}
