package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentGroupTest {

  private static final long MB = 1 << 20;
  private static final long MOST = 64 * MB;

  private static Segment segment(int number) {
    return new Segment("/data/" + number, "", 0, 1, true, "jsonl", Segment.UTF_8, ",", List.of());
  }

  private static List<SegmentGroup.Sized> sized(long... bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> new SegmentGroup.Sized(segment(i), bytes[i]))
        .toList();
  }

  private static List<Integer> counts(List<SegmentGroup> groups) {
    return groups.stream().map(group -> group.segments().size()).toList();
  }

  @Test
  void smallFilesAreReadTogetherAndLargeOnesAlone() {
    assertThat(
        counts(SegmentGroup.of(sized(1, MB, MB / 2, 60 * MB, 1, 2), MOST)), is(List.of(3, 1, 2)));
    assertThat(counts(SegmentGroup.of(sized(100), MOST)), is(List.of(1)));
    assertThat(counts(SegmentGroup.of(sized(0, 0, 0), MOST)), is(List.of(3)));
  }

  @Test
  void everySegmentIsInOneGroupInItsOrder() {
    List<SegmentGroup.Sized> many =
        IntStream.range(0, 5_000)
            .mapToObj(i -> new SegmentGroup.Sized(segment(i), i % 13 * 7_000L))
            .toList();

    List<SegmentGroup> groups = SegmentGroup.of(many, MOST);

    List<Segment> all = new ArrayList<>();
    groups.forEach(group -> all.addAll(group.segments()));
    assertThat(all, is(many.stream().map(SegmentGroup.Sized::segment).toList()));
  }

  @Test
  void thousandsOfFilesAreSomeDozensOfGroupsOfAboutOneSize() {
    List<SegmentGroup.Sized> many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new SegmentGroup.Sized(segment(i), 100_000))
            .toList();

    List<SegmentGroup> groups = SegmentGroup.of(many, MOST);

    // A 64th of 10,000 files is 156 of them.
    assertThat(counts(groups), everyItem(lessThanOrEqualTo(156)));
    assertThat(groups, hasSize(65));
  }

  @Test
  void aGroupOfSeveralSegmentsIsNotLargerThanASegmentMayBe() {
    List<SegmentGroup.Sized> many =
        IntStream.range(0, 2_000)
            .mapToObj(i -> new SegmentGroup.Sized(segment(i), 10 * MB))
            .toList();

    assertThat(counts(SegmentGroup.of(many, MOST)), everyItem(lessThanOrEqualTo(6)));
  }
}
