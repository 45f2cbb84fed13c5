package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevisionTest {

  @Test
  void aNumberReadsAsTheMicrosecondsOfItsEpochAndACount() {
    Instant start = Instant.ofEpochMilli(1_785_240_000_123L);
    assertThat(Revision.at(start).number(), is(1_785_240_000_123_000L));
    assertThat(new Revision(1_785_240_000_123L, 7).number(), is(1_785_240_000_123_007L));
  }

  @Test
  void aCountOfAThousandGoesOnIntoTheMilliseconds() {
    assertThat(new Revision(5, 999).number(), is(5_999L));
    assertThat(new Revision(5, 1_000).number(), is(6_000L));
    assertThat(new Revision(5, 1_000_001).number(), is(1_005_001L));
  }

  @Test
  void aJsonNumberHoldsItUntilTheYear2255() {
    Revision last = new Revision(Instant.parse("2254-12-31T23:59:59.999Z").toEpochMilli(), 999);
    assertThat(last.number(), is(lessThan(1L << 53)));
  }

  @Test
  void whatComesBefore1970IsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Revision(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Revision(0, -1));
  }
}
