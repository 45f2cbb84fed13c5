package dhara.transforms.join;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Separates waiting facts into those that are due and the others. */
final class Waiting {

  /** Takes a fact that is due. */
  @FunctionalInterface
  interface FactTaker {
    void take(BlockReader fact) throws IOException;
  }

  private final List<byte[]> left = new ArrayList<>();
  private BlockWriter writer = new BlockWriter();
  private long earliest = Standing.NEVER;

  private Waiting() {}

  /**
   * Passes on the facts before a moment.
   *
   * @param blocks the waiting facts
   * @param untilMillis the moment, epoch milliseconds
   */
  static Waiting part(Iterable<byte[]> blocks, long untilMillis, FactTaker due) throws IOException {
    Waiting waiting = new Waiting();
    for (byte[] block : blocks) {
      waiting.part(block, untilMillis, due);
    }
    if (waiting.writer.size() > 0) {
      waiting.left.add(waiting.writer.toBytes());
    }
    return waiting;
  }

  private void part(byte[] block, long until, FactTaker due) throws IOException {
    boolean allWait = true;
    long first = Standing.NEVER;
    for (BlockReader fact = new BlockReader(block); fact.next(); ) {
      allWait &= fact.revision() >= until;
      first = Math.min(first, fact.revision() >= until ? fact.revision() : Standing.NEVER);
    }
    earliest = Math.min(earliest, first);
    if (allWait) {
      left.add(block); // unchanged, so it need not be rewritten
      return;
    }
    for (BlockReader fact = new BlockReader(block); fact.next(); ) {
      if (fact.revision() < until) {
        due.take(fact);
      } else {
        writer.copy(fact);
      }
    }
    if (writer.size() >= JoinBlocks.BLOCK_BYTES) {
      left.add(writer.toBytes());
      writer.clear();
    }
  }

  /** The blocks of the facts that are not due. */
  List<byte[]> left() {
    return left;
  }

  /** Time of the earliest of these; {@link Standing#NEVER} if there is none. */
  long earliest() {
    return earliest;
  }
}
