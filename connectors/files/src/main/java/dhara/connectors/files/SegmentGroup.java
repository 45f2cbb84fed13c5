package dhara.connectors.files;

import java.util.ArrayList;
import java.util.List;

/**
 * Segments that are read one after the other, by one worker: engines pay for each element that they
 * spread, and an archive may be thousands of small files.
 *
 * @param segments in the order of their files
 */
record SegmentGroup(List<Segment> segments) {

  /** So many groups keep some dozens of workers busy. */
  private static final int GROUPS = 64;

  /** Less than this is read before another worker has begun. */
  private static final long LEAST_BYTES = 2L << 20;

  /**
   * A segment and how much there is to read.
   *
   * @param bytes as many as the text has, as far as one can tell
   */
  record Sized(Segment segment, long bytes) {}

  /**
   * Segments in groups of about one size, in their order.
   *
   * @param mostBytes how large a group is at most, if it has more than one segment
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
