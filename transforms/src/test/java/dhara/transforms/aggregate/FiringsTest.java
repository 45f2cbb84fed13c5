package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiringsTest {

  @ParameterizedTest
  @CsvSource({
    "1000,  0,   256, every shard",
    "1000,  128, 256, a worker's half of them",
    "1000,  7,   12,  a few",
    "60000, 0,   10000, very many",
    "1000,  5,   6,   one alone",
  })
  void shardsAnswerEarlyOneAfterTheOther(long early, int from, int to, String which) {
    Firings firings = new Firings(early, 0);
    long[] waits =
        IntStream.range(from, to).mapToLong(firings::firstEarlyMillis).sorted().toArray();
    LongStream gaps =
        IntStream.range(0, waits.length)
            .mapToLong(
                i -> i == 0 ? waits[0] + early - waits[waits.length - 1] : waits[i] - waits[i - 1]);
    // Points of the golden ratio leave gaps of at most 1.9 times the even one; each is cut to
    // millis.
    assertThat(which, gaps.max().orElseThrow(), lessThanOrEqualTo(2 * early / (to - from) + 1));
    assertThat(which, waits[0] > 0 && waits[waits.length - 1] <= early, is(true));
  }
}
