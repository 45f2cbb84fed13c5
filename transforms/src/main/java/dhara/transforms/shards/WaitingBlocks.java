package dhara.transforms.shards;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Separates waiting entries into those that are due and the others. The revision of an entry is its
 * time in epoch milliseconds.
 */
public final class WaitingBlocks {

  /** The earliest time if nothing waits. */
  public static final long NEVER = Long.MAX_VALUE;

  /** The size of blocks that are rewritten. */
  private static final int BLOCK_BYTES = 48 << 10;

  /** Takes an entry that is due. */
  @FunctionalInterface
  public interface DueTaker {
    void take(BlockReader entry) throws IOException;
  }

  private final List<byte[]> left = new ArrayList<>();
  private BlockWriter writer = new BlockWriter();
  private long earliest = NEVER;

  private WaitingBlocks() {}

  /**
   * Passes on the entries before a moment.
   *
   * @param blocks the waiting entries
   * @param untilMillis the moment, epoch milliseconds
   */
  public static WaitingBlocks part(Iterable<byte[]> blocks, long untilMillis, DueTaker due)
      throws IOException {
    WaitingBlocks waiting = new WaitingBlocks();
    for (byte[] block : blocks) {
      waiting.part(block, untilMillis, due);
    }
    if (waiting.writer.size() > 0) {
      waiting.left.add(waiting.writer.toBytes());
    }
    return waiting;
  }

  private void part(byte[] block, long until, DueTaker due) throws IOException {
    boolean allWait = true;
    long first = NEVER;
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      allWait &= entry.revision() >= until;
      first = Math.min(first, entry.revision() >= until ? entry.revision() : NEVER);
    }
    earliest = Math.min(earliest, first);
    if (allWait) {
      left.add(block); // unchanged, so it need not be rewritten
      return;
    }
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      if (entry.revision() < until) {
        due.take(entry);
      } else {
        writer.copy(entry);
      }
    }
    if (writer.size() >= BLOCK_BYTES) {
      left.add(writer.toBytes());
      writer.clear();
    }
  }

  /** The blocks of the entries that are not due. */
  public List<byte[]> left() {
    return left;
  }

  /** Time of the earliest of these; {@link #NEVER} if there is none. */
  public long earliest() {
    return earliest;
  }
}
