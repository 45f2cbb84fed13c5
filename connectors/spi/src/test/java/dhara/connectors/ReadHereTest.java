package dhara.connectors;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.connectors.Counts.Counting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Counts of the whole process, so no other test may read meanwhile. */
@Isolated
class ReadHereTest {

  @Test
  void countsWhileABundleIsRead() {
    long records = ReadHere.records();
    long bytes = ReadHere.bytes();

    Counting counting = new Counting();
    for (int i = 0; i < 5_000; i++) {
      counting.read(10);
    }

    assertThat(ReadHere.records() - records, is(4_096L));
    assertThat(ReadHere.bytes() - bytes, is(40_960L));
  }
}
