package dhara.transforms.effect;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.transforms.aggregate.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FiringTest {

  record Key(String name) {}

  private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");

  private static Answer<Key, Long> ending(int second, String key) {
    Instant end = TEN.plusSeconds(second);
    return new Answer<>(new Key(key), end.minusSeconds(60), end, 0, 1L);
  }

  private static final Firing<Key, Long> FIRING =
      new Firing<>(new Naming<>(Key.class, (key, value) -> "x"), 10_000);

  @Test
  void whateverTheOrderOfAnswersAndInWhateverPartsOfTimeTheyComeTheSameAreActedOn() {
    Random random = new Random(3);
    for (int round = 0; round < 2_000; round++) {
      TreeSet<Integer> ends = new TreeSet<>();
      for (int i = random.nextInt(1, 12); i > 0; i--) {
        ends.add(random.nextInt(100));
      }
      List<Integer> expected = naively(ends);

      List<Answer<Key, Long>> shuffled = new ArrayList<>();
      ends.forEach(end -> shuffled.add(ending(end, "k")));
      Collections.shuffle(shuffled, random);
      assertThat(ends(FIRING.fire(Firing.NEVER, shuffled).acted()), is(expected));

      int cut = random.nextInt(100);
      var before =
          FIRING.fire(
              Firing.NEVER,
              shuffled.stream().filter(a -> !a.end().isAfter(TEN.plusSeconds(cut))).toList());
      var after =
          FIRING.fire(
              before.last(),
              shuffled.stream().filter(a -> a.end().isAfter(TEN.plusSeconds(cut))).toList());
      List<Integer> parts = new ArrayList<>(ends(before.acted()));
      parts.addAll(ends(after.acted()));
      assertThat(parts, is(expected));
    }
  }

  /** Each that no other ends less than ten seconds before, going through all pairs. */
  private static List<Integer> naively(Set<Integer> ends) {
    return ends.stream()
        .filter(end -> ends.stream().noneMatch(other -> other < end && end - other <= 10))
        .toList();
  }

  private static List<Integer> ends(List<Answer<Key, Long>> answers) {
    return answers.stream()
        .map(answer -> (int) (answer.end().getEpochSecond() - TEN.getEpochSecond()))
        .toList();
  }

  @Test
  void ofWindowsThatEndTogetherTheOneThatBeganFirstCountsAndThenTheKey() {
    assertThat(
        FIRING.fire(Firing.NEVER, List.of(ending(5, "b"), ending(5, "a"))).acted(),
        is(List.of(ending(5, "a"))));
  }

  @Test
  void ofTwoRevisionsTheHigherOneCounts() {
    Answer<Key, Long> zero = ending(5, "a");
    Answer<Key, Long> withdrawn = Answer.withdrawn(zero.key(), zero.start(), zero.end(), 1);
    assertThat(Firing.higher(zero, withdrawn), is(withdrawn));
    assertThat(Firing.higher(withdrawn, zero), is(withdrawn));
    assertThat(Firing.higher(withdrawn, zero.withRevision(2)), is(zero.withRevision(2)));
  }
}
