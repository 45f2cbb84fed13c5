package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant END = Instant.parse("2026-03-01T10:01:00Z");
  private static final Answer<String, Long> GIVEN = new Answer<>("k", START, END, 3, 7L);
  private static final Answer<String, Long> WITHDRAWN = Answer.withdrawn("k", START, END, 4);
  private static final AnswerCoder<String, Long> CODER =
      AnswerCoder.of(StringUtf8Coder.of(), VarLongCoder.of());

  @Test
  void aWithdrawnAnswerSaysSoAndHasNoValue() {
    assertThat(GIVEN.isWithdrawn(), is(false));
    assertThat(WITHDRAWN.isWithdrawn(), is(true));
    assertThat(WITHDRAWN, is(not(new Answer<>("k", START, END, 4, 7L))));
    assertThat(
        assertThrows(IllegalStateException.class, WITHDRAWN::value).getMessage(),
        is(
            "the answer of k in [2026-03-01T10:00:00Z, 2026-03-01T10:01:00Z) is withdrawn and has"
                + " no value; ask isWithdrawn() before value()"));
  }

  @Test
  void anotherRevisionOfAWithdrawalStillWithdraws() {
    assertThat(GIVEN.withRevision(9), is(new Answer<>("k", START, END, 9, 7L)));
    assertThat(WITHDRAWN.withRevision(9), is(Answer.withdrawn("k", START, END, 9)));
  }

  @Test
  void answersAndWithdrawalsAreCoded() throws Exception {
    for (Answer<String, Long> answer : List.of(GIVEN, WITHDRAWN)) {
      for (long revision : new long[] {0, 1, 300, Answer.REVISIONS - 1}) {
        CoderProperties.coderDecodeEncodeEqual(CODER, answer.withRevision(revision));
      }
    }
    for (long revision : new long[] {0, 1, 300, Answer.REVISIONS - 1}) {
      CoderProperties.coderDecodeEncodeEqual(CODER, GIVEN.asFirst().withRevision(revision));
    }
    CoderProperties.coderSerializable(CODER);
  }

  @Test
  void anAnswerHasTheBytesThatItHadBeforeThereWereWithdrawals() throws Exception {
    assertThat(
        HexFormat.of().formatHex(CoderUtils.encodeToByteArray(CODER, GIVEN)),
        is("016b80dadcc6ca33e0aee0c6ca330307"));
  }

  @Test
  void whetherAnAnswerIsTheFirstIsAFactOfItsOwn() {
    Answer<String, Long> first = new Answer<>("k", START, END, 0, 7L);
    assertThat(first.first(), is(true));
    assertThat(first.withRevision(9).first(), is(true));
    assertThat(GIVEN.first(), is(false));
    assertThat(GIVEN.withRevision(0).first(), is(false));
    assertThat(WITHDRAWN.withRevision(0).first(), is(false));
  }

  @Test
  void aRevisionOutOfBoundsIsRefused() {
    for (long revision : new long[] {-1, Answer.REVISIONS}) {
      assertThat(
          assertThrows(IllegalArgumentException.class, () -> GIVEN.withRevision(revision))
              .getMessage(),
          containsString("a revision is at least 0 and below 2^62, but is " + revision));
    }
  }
}
