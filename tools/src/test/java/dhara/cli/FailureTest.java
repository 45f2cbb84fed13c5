package dhara.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.junit.jupiter.api.Test;

class FailureTest {

  @Test
  void theRootIsTold() {
    Exception failure =
        new RuntimeException(
            new ExecutionException(
                new PipelineExecutionException(new NoSuchFileException("/data/orders.jsonl"))));

    assertThat(Failure.line(failure), is("NoSuchFileException: /data/orders.jsonl"));
  }

  @Test
  void whatWasBeingDoneWithAFileIsToldToo() {
    IOException full = new IOException("No space left on device");

    assertThat(
        Failure.line(new RuntimeException(new IOException("Failed closing channel to /d/x", full))),
        is("IOException: Failed closing channel to /d/x: No space left on device"));
    assertThat(
        Failure.line(new ExecutionException(new IOException(full))),
        is("IOException: No space left on device"));
  }

  @Test
  void onlyItsFirstLineIs() {
    assertThat(Failure.line(new IllegalStateException("one\ntwo")), is("one"));
  }

  @Test
  void aFailureWithoutAWordIsNamed() {
    assertThat(Failure.line(new IOException()), is("IOException"));
  }

  @Test
  void causesThatGoInACircleEnd() {
    IllegalStateException one = new IllegalStateException("one");
    IllegalStateException two = new IllegalStateException("two", one);
    one.initCause(two);

    assertThat(Failure.line(one), is("two"));
  }
}
