package dhara.tools.replay;

import dhara.connectors.kafka.TopicWriter;

/**
 * Chooses the partition of a record by its key, as Kafka's own producers do, among the partitions
 * in use. The last partition may be left unwritten. The last of the others may fall silent after a
 * few events; its keys then move to the first.
 */
final class ReplayPartitions {

  /** A partition falls silent only after it has had some records. */
  private static final int FEW = 10;

  private static final int NONE = -1;

  private final int count;
  private final int inUse;
  private final int idle;
  private int heard;
  private int turn;

  /**
   * @param count how many the topic has; enough for the faults
   */
  ReplayPartitions(int count, ReplayFaults faults) {
    this.count = count;
    this.inUse = faults.unwrittenPartition() ? count - 1 : count;
    this.idle = faults.idlePartition() ? inUse - 1 : NONE;
  }

  int count() {
    return count;
  }

  /** The one that falls silent; negative if none does. */
  int idle() {
    return idle;
  }

  /** The one that gets no record; negative if there is none. */
  int unwritten() {
    return inUse < count ? inUse : NONE;
  }

  /** The partition of the next event with a key. */
  int of(byte[] key) {
    int partition = TopicWriter.partition(key, inUse);
    if (partition != idle) {
      return partition;
    }
    heard++;
    return heard <= FEW ? idle : 0;
  }

  /** The partition of a record without a key: round-robin, without the silent one. */
  int next() {
    int partition = turn;
    turn = (turn + 1) % (idle == NONE ? inUse : inUse - 1);
    return partition;
  }
}
