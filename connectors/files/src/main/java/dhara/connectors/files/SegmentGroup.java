package dhara.connectors.files;

import java.util.ArrayList;
import java.util.List;

/**
 * Segments that one worker reads, one after the other. An archive may have thousands of small
 * files, and engines have a cost for each element that they distribute.
 *
 * @param segments in the order of their files
 */
record SegmentGroup(List<Segment> segments) {

  /** Enough groups to keep some dozens of workers busy. */
  private static final int GROUPS = 64;

  /** The least size of a group: less is read before another worker could start. */
  private static final long LEAST_BYTES = 2L << 20;

  /**
   * A segment and its size.
   *
   * @param bytes size of the text; an estimate if it is compressed
   */
  record Sized(Segment segment, long bytes) {}

  /**
   * Divides segments into groups of about the same size, in their order.
   *
   * @param mostBytes the size of a group at most, if it has more than one segment
   */
  static List<SegmentGroup> of(List<Sized> segments, long mostBytes) {
    long all = segments.stream().mapToLong(Sized::bytes).sum();
    long full = Math.min(mostBytes, Math.max(LEAST_BYTES, all / GROUPS));
    List<SegmentGroup> groups = new ArrayList<>();
    List<Segment> group = new ArrayList<>();
    long bytes = 0;
    for (Sized next : segments) {
      if (!group.isEmpty() && bytes + next.bytes > full) {
        groups.add(new SegmentGroup(group));
        group = new ArrayList<>();
        bytes = 0;
      }
      group.add(next.segment);
      bytes += next.bytes;
    }
    groups.add(new SegmentGroup(group));
    return groups;
  }
}
