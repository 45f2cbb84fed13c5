package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.hamcrest.Matchers.startsWith;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryTest {

  private static final InMemory SMALL = new InMemory(2_000_000_000);

  @Test
  void warnsOfAnInputThatMayNotFit() {
    assertThat(
        SMALL.warning(10_000_000_000L).orElseThrow(),
        startsWith(
            "the direct runner holds its input in memory: 10,000 MB of files may need 50,100 MB of"
                + " heap, and this JVM has 2,000 MB; if it fails, run it on Flink"));
    assertThat(SMALL.warning(380_000_000), is(Optional.empty()));
    assertThat(SMALL.warning(-1), is(Optional.empty()));
  }

  @Test
  void saysWhatToDoIfTheHeapWasTooSmall() {
    Exception failure = new IllegalStateException(new OutOfMemoryError("Java heap space"));
    Exception explained = SMALL.explained(failure);
    assertThat(
        explained.getMessage(),
        startsWith(
            "the input does not fit into the heap of 2,000 MB (Java heap space); run it on"
                + " Flink"));
    assertThat(explained.getSuppressed()[0], sameInstance(failure));
    Exception other = new IllegalStateException("a sink is down");
    assertThat(SMALL.explained(other), sameInstance(other));
  }
}
