package dhara.connectors;

import java.util.concurrent.atomic.LongAdder;

/**
 * What sources have read in this process since it started, for showing the progress of engines that
 * run inside it: some of them report their metrics only when they are done. Work that an engine
 * repeats counts twice; exact counts are in the ledger.
 */
public final class ReadHere {

  private static final LongAdder RECORDS = new LongAdder();
  private static final LongAdder BYTES = new LongAdder();

  private ReadHere() {}

  /** Adds records that were read. */
  public static void add(long records, long bytes) {
    RECORDS.add(records);
    BYTES.add(bytes);
  }

  /** How many records were read. */
  public static long records() {
    return RECORDS.sum();
  }

  /** Their size, without their keys. */
  public static long bytes() {
    return BYTES.sum();
  }
}
