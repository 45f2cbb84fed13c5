package dhara.transforms.sketch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void meanLeastAndGreatestAreExactAndPercentilesWithinTheirError() {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      long[] millis =
          random.longs(1 + random.nextInt(200), 0, 1L << (1 + random.nextInt(30))).toArray();
      Latencies parts = Latencies.NONE;
      Latencies part = Latencies.NONE;
      for (long each : millis) {
        part = part.plus(Latencies.of(each));
        if (random.nextInt(10) == 0) {
          parts = parts.plus(part);
          part = Latencies.NONE;
        }
      }
      Latencies all = part.plus(parts);
      Arrays.sort(millis);

      assertThat(all.count(), is((long) millis.length));
      assertThat(all.averageMillis(), is((double) Arrays.stream(millis).sum() / millis.length));
      assertThat(all.leastMillis(), is(millis[0]));
      assertThat(all.greatestMillis(), is(millis[millis.length - 1]));
      double p95 = millis[(millis.length * 95 + 99) / 100 - 1];
      assertThat(all.quantileMillis(0.95), is(closeTo(p95, p95 * Percentiles.RELATIVE_ERROR)));
    }
  }

  @Test
  void ofNoneTheCountAndTheMeanAreZero() {
    assertThat(Latencies.NONE.count(), is(0L));
    assertThat(Latencies.NONE.averageMillis(), is(0.0));
  }
}
