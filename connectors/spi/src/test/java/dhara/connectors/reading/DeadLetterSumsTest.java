package dhara.connectors.reading;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DeadLetterSumsTest {

  private final DeadLetterSums sums = new DeadLetterSums();
  private final List<DeadLetter> given = new ArrayList<>();

  @Test
  void ofEqualLettersAHundredAreGivenWholeAndTheOthersAsOneWithTheirRange() {
    for (int i = 0; i < 5_000; i++) {
      add("", i);
    }
    sums.giveAll(given::add);

    List<DeadLetter> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expected.add(letter("", i));
    }
    expected.add(letter("", 100).andOthers(4_900, "byte=4999"));
    assertThat(given, is(expected));
  }

  @Test
  void equalLettersAreSummedUpWhateverStandsBetweenThem() {
    for (int i = 0; i < 3_000; i++) {
      add(List.of("", "{", "}").get(i % 3), i);
    }
    sums.giveAll(given::add);

    assertThat(
        given.subList(300, given.size()),
        contains(
            letter("", 300).andOthers(900, "byte=2997"),
            letter("{", 301).andOthers(900, "byte=2998"),
            letter("}", 302).andOthers(900, "byte=2999")));
  }

  @Test
  void oneLetterMoreThanAreGivenWholeStaysALetterOfOneRecord() {
    for (int i = 0; i < 101; i++) {
      add("x", i);
    }
    sums.giveAll(given::add);

    assertThat(given.get(100), is(letter("x", 100)));
  }

  @Test
  void moreKindsThanThereIsRoomForAreGivenAndNoneIsLost() {
    SplittableRandom random = new SplittableRandom(12);
    Map<String, Long> added = new HashMap<>();
    for (int i = 0; i < 400_000; i++) {
      String text = "k" + random.nextInt(random.nextInt(1, 40_000));
      add(text, i);
      added.merge(text, 1L, Long::sum);
    }
    sums.giveAll(given::add);

    Map<String, Long> counted = new HashMap<>();
    given.forEach(
        d -> counted.merge(new String(d.bytes(), StandardCharsets.UTF_8), d.count(), Long::sum));
    assertThat(counted, is(added));
  }

  @Test
  void whatIsGivenOfManyKindsThatComeAgainAndAgainIsBounded() {
    for (int i = 0; i < 2_000_000; i++) {
      add("k" + i % DeadLetterSums.KINDS, i);
    }
    sums.giveAll(given::add);

    assertThat(given.size(), lessThan(3 * DeadLetterSums.KINDS + DeadLetterSums.REPEATED));
    assertThat(given.stream().mapToLong(DeadLetter::count).sum(), is(2_000_000L));
  }

  @Test
  void lettersThatAloneHaveMoreBytesThanThereIsRoomForAreSummedUpToo() {
    String large = "x".repeat(5 << 20);
    for (int i = 0; i < 200; i++) {
      add(large, i);
    }
    sums.giveAll(given::add);

    assertThat(given.size(), is(101));
    assertThat(given.get(100), is(letter(large, 100).andOthers(100, "byte=199")));
  }

  private void add(String text, int at) {
    sums.add(letter(text, at), given::add);
  }

  private static DeadLetter letter(String text, int at) {
    return new DeadLetter(
        "orders",
        Reason.MALFORMED,
        "is no JSON",
        "a.jsonl",
        "byte=" + at,
        Instant.EPOCH,
        text.getBytes(StandardCharsets.UTF_8));
  }
}
