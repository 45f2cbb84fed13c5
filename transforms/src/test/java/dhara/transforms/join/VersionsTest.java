package dhara.transforms.join;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {

  record Price(long minor) {}

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  private static Version<Price> version(long second, String id, long minor) {
    return new Version<>("apple", at(second), id, new Price(minor));
  }

  private static Version<Price> removed(long second, String id) {
    return Version.removed("apple", at(second), id);
  }

  @SafeVarargs
  private static Versions<Price> of(Version<Price>... all) {
    Versions<Price> versions = new Versions<>();
    for (Version<Price> version : all) {
      versions.add(new HeldVersion<>(version));
    }
    return versions;
  }

  private static List<Version<Price>> listed(Versions<Price> versions) {
    List<Version<Price>> listed = new ArrayList<>();
    versions.forEach(version -> listed.add(version.version()));
    return listed;
  }

  @Test
  void aVersionHoldsFromItsOwnTimeUntilTheNext() {
    Versions<Price> versions = of(version(10, "a", 1), version(20, "b", 2));

    assertThat(versions.asOf(at(10).minusNanos(1)), is(Optional.empty()));
    assertThat(versions.asOf(at(10)), is(Optional.of(new Price(1))));
    assertThat(versions.asOf(at(20).minusNanos(1)), is(Optional.of(new Price(1))));
    assertThat(versions.asOf(at(20)), is(Optional.of(new Price(2))));
    assertThat(versions.asOf(at(1000)), is(Optional.of(new Price(2))));
  }

  @Test
  void ofTwoVersionsWithOneTimeThatWithTheGreaterIdHolds() {
    assertThat(of(version(10, "b", 2), version(10, "a", 1)).asOf(at(10)).get().minor(), is(2L));
    assertThat(of(version(10, "a", 1), version(10, "b", 2)).asOf(at(10)).get().minor(), is(2L));
    assertThat(of(version(10, "a", 1), removed(10, "b")).asOf(at(10)), is(Optional.empty()));
    assertThat(of(removed(10, "a"), version(10, "b", 1)).asOf(at(10)).get().minor(), is(1L));
  }

  @Test
  void aRemovalHoldsAsOfItsTimeToo() {
    Versions<Price> versions = of(version(10, "a", 1), removed(20, "b"), version(30, "c", 3));

    assertThat(versions.asOf(at(19)), is(Optional.of(new Price(1))));
    assertThat(versions.asOf(at(20)), is(Optional.empty()));
    assertThat(versions.asOf(at(30)), is(Optional.of(new Price(3))));
  }

  @Test
  void aVersionThatComesTwiceIsOne() {
    assertThat(
        listed(of(version(10, "a", 1), version(20, "b", 2), version(10, "a", 1))),
        contains(version(10, "a", 1), version(20, "b", 2)));
  }

  @Test
  void pruningKeepsWhatHoldsThenAndWhatFollows() {
    Versions<Price> versions =
        of(version(10, "a", 1), version(20, "b", 2), version(30, "c", 3), version(40, "d", 4));

    assertThat(versions.prune(at(30)), is(true));
    assertThat(listed(versions), contains(version(30, "c", 3), version(40, "d", 4)));
  }

  @Test
  void aKeyThatWasRemovedIsForgotten() {
    assertThat(of(version(10, "a", 1), removed(20, "b")).prune(at(21)), is(false));
  }

  /** A version with the removal's own time may still come, and must not be in force. */
  @Test
  void aRemovalOfTheVeryMomentStays() {
    Versions<Price> versions = of(version(10, "a", 1), removed(20, "b"));

    assertThat(versions.prune(at(20)), is(true));
    versions.add(new HeldVersion<>(version(20, "a", 5)));
    assertThat(versions.asOf(at(20)), is(Optional.empty()));
  }

  /** The slow, obvious truth. */
  private static Optional<Price> naive(Iterable<Version<Price>> versions, Instant at) {
    Version<Price> last = null;
    for (Version<Price> version : versions) {
      boolean holds = !version.at().isAfter(at);
      if (holds
          && (last == null
              || version.at().isAfter(last.at())
              || (version.at().equals(last.at()) && version.id().compareTo(last.id()) > 0))) {
        last = version;
      }
    }
    return last == null ? Optional.empty() : Optional.ofNullable(last.value());
  }

  private static List<Version<Price>> random(Random random) {
    Set<String> ids = new HashSet<>();
    List<Version<Price>> all = new ArrayList<>();
    for (int n = random.nextInt(12); n > 0; n--) {
      String id = "id" + random.nextInt(100);
      if (ids.add(id)) {
        long second = random.nextInt(8);
        all.add(random.nextInt(4) == 0 ? removed(second, id) : version(second, id, n));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatHoldsIsAFunctionOfTheSetOfVersions(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      List<Version<Price>> all = random(random);
      Versions<Price> versions = new Versions<>();
      Collections.shuffle(all, random);
      all.forEach(version -> versions.add(new HeldVersion<>(version)));
      for (long second = -1; second < 9; second++) {
        assertThat(all.toString(), versions.asOf(at(second)), is(naive(all, at(second))));
      }
    }
  }

  /** Versions that arrive after a prune, none of them older than its moment. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void pruningChangesNothingThatCanBeAskedFor(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      List<Version<Price>> all = random(random);
      Versions<Price> versions = new Versions<>();
      Instant asked = at(Long.MIN_VALUE >> 40);
      List<Version<Price>> came = new ArrayList<>();
      for (Version<Price> version : all) {
        if (version.at().isBefore(asked)) {
          continue;
        }
        versions.add(new HeldVersion<>(version));
        came.add(version);
        if (random.nextInt(3) == 0) {
          Instant then = at(random.nextInt(8));
          asked = then.isAfter(asked) ? then : asked;
          boolean unused = versions.prune(asked);
        }
        for (long second = -1; second < 9; second++) {
          if (!at(second).isBefore(asked)) {
            assertThat(
                came + " asked from " + asked,
                versions.asOf(at(second)),
                is(naive(came, at(second))));
          }
        }
      }
    }
  }

  @Test
  void aPrunedKeyHoldsNoMoreThanItsWindowOfTime() {
    Versions<Price> versions = new Versions<>();
    int most = 0;
    for (long second = 0; second < 100_000; second++) {
      versions.add(new HeldVersion<>(version(second, "id", second)));
      if (second % 10 == 0) {
        versions.prune(at(second - 100));
      }
      most = Math.max(most, versions.size());
    }
    assertThat(most, is(lessThanOrEqualTo(111)));
    assertThat(versions.size(), is(lessThan(112)));
  }
}
