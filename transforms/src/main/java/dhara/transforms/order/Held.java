package dhara.transforms.order;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is stored of a key: how far its fold has come, and where it is in the index of wake-ups.
 *
 * @param indexedMillis the time of its entry in the index; {@link Clock#NEVER} if it has none
 */
record Held<S>(FoldProgress<S> progress, long indexedMillis) {

  /**
   * What is stored of a key with waiting events: how far its fold would be if they were settled.
   *
   * @param progress null if nothing would be remembered
   * @param at the time of its last waiting event
   * @param id the id of that event
   */
  record Head<S>(@Nullable FoldProgress<S> progress, Instant at, String id) {}

  /** Reads and writes states with their times. */
  static final class Form<S> {

    private final Steps<?, S, ?> steps;
    private final Coder<S> states;

    Form(Steps<?, S, ?> steps, Coder<S> states) {
      this.steps = steps;
      this.states = states;
    }

    void write(Held<S> held, RecordOutput out) throws IOException {
      Instant last = held.progress.last();
      time(last, out);
      out.writeVarint(
          held.indexedMillis == Clock.NEVER
              ? 0
              : 1 + zigzag(held.indexedMillis - last.toEpochMilli()));
      states.encode(held.progress.state(), out);
    }

    Held<S> read(RecordInput in) throws IOException {
      Instant last = time(in);
      long indexed = in.readVarint();
      return new Held<>(
          steps.read(states.decode(in), last),
          indexed == 0 ? Clock.NEVER : last.toEpochMilli() + unzigzag(indexed - 1));
    }

    void write(Head<S> head, RecordOutput out) throws IOException {
      time(head.at, out);
      StringUtf8Coder.of().encode(head.id, (OutputStream) out);
      if (head.progress == null) {
        out.writeVarint(0);
      } else {
        out.writeVarint(1);
        states.encode(head.progress.state(), out);
      }
    }

    Head<S> readHead(RecordInput in) throws IOException {
      Instant at = time(in);
      String id = RecordInput.readText(in);
      return new Head<>(in.readVarint() == 0 ? null : steps.read(states.decode(in), at), at, id);
    }

    /** The time of the last event, which comes first. */
    static Instant time(RecordInput in) throws IOException {
      long seconds = unzigzag(in.readVarint());
      return RecordInput.instant(seconds, in.readVarint());
    }

    private static void time(Instant at, RecordOutput out) {
      out.writeVarint(zigzag(at.getEpochSecond()));
      out.writeVarint(at.getNano());
    }

    private static long zigzag(long value) {
      return (value << 1) ^ (value >> 63);
    }

    private static long unzigzag(long value) {
      return (value >>> 1) ^ -(value & 1);
    }
  }
}
