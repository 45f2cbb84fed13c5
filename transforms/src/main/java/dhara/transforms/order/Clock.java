package dhara.transforms.order;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;

/**
 * The progress of a shard of the stream. Times are epoch milliseconds.
 *
 * @param settled events before this time are applied, and wake-ups until it
 * @param earliest time of the earliest waiting event
 * @param nextWake time of the earliest wake-up in the index
 * @param sweep when states are looked through for those that have expired
 */
record Clock(long settled, long earliest, long nextWake, long sweep) {

  static final long NEVER = Long.MAX_VALUE;
  static final Clock NEW = new Clock(Long.MIN_VALUE, NEVER, NEVER, NEVER);

  /** The first moment of event time. */
  static final long BEGIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** The last moment of event time. */
  static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  /** With an event. */
  Clock with(long atMillis) {
    return new Clock(settled, Math.min(earliest, atMillis), nextWake, sweep);
  }

  Clock sweeping(long newSweep) {
    return new Clock(settled, earliest, nextWake, newSweep);
  }

  /** The earliest time at which something is due. */
  long due() {
    return Math.min(earliest, nextWake);
  }

  /** A later time, at most {@link #END}. */
  static long plus(long at, long millis) {
    return at < 0 ? at + millis : Math.min(at, END - millis) + millis;
  }
}
