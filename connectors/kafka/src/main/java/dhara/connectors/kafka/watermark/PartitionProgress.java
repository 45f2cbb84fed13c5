package dhara.connectors.kafka.watermark;

/** Event time in a partition, and how far it has come. */
public interface PartitionProgress {

  /** The watermark that was last reported downstream. */
  long known();

  /** A record that has an event time was read. */
  void event(long atMillis, long offset);

  /** A record that is not an event was read. */
  void other(long offset);

  /**
   * The current watermark.
   *
   * @param backlog how many offsets are left to read; negative if that is unknown
   * @param countedAt when the backlog was counted, epoch milliseconds of wall clock
   */
  long watermark(long backlog, long countedAt);
}
