package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

class CausesTest {

  @Test
  void theRootIsTheLastCauseThatSaysSomething() {
    assertThat(
        Causes.root(
            """
            org.apache.beam.sdk.util.UserCodeException: java.lang.RuntimeException: x
            \tat a.b.C.d(C.java:1)
            Caused by: java.io.IOException: cannot write
            \tat a.b.C.e(C.java:2)
            \t... 3 more
            Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The message is 590 bytes
            \tat a.b.C.f(C.java:3)
            """),
        is("RecordTooLargeException: The message is 590 bytes"));
  }

  @Test
  void anInterruptedTaskIsNotTheRoot() {
    assertThat(
        Causes.root(
            """
            org.apache.kafka.common.KafkaException: Failed to send
            Caused by: org.apache.kafka.common.errors.InterruptException: java.lang.InterruptedException
            Caused by: java.lang.InterruptedException
            """),
        is("KafkaException: Failed to send"));
    assertThat(Causes.consequence("InterruptedException"), is(true));
    assertThat(Causes.consequence("IOException: interrupted"), is(false));
  }

  @Test
  void whatCrossedANetworkIsToldOnce() {
    assertThat(
        Causes.line(
            new RuntimeException(
                "java.util.concurrent.CompletionException: java.io.IOException: disk full")),
        is("RuntimeException: disk full"));
  }

  @Test
  void aCheckpointTellsItsReasonAndNotTheStepsOfItsTask() {
    assertThat(
        Causes.root(
            "org.apache.flink.runtime.checkpoint.CheckpointException: Task name with subtask :"
                + " Source: orders: read -> Flat Map (1/2)#0 Failure reason: Checkpoint was declined"
                + " (task is closing)."),
        is("CheckpointException: Checkpoint was declined (task is closing)."));
  }

  @Test
  void whatIsNoStackTraceIsToldAsItIs() {
    assertThat(Causes.root("gone"), is("gone"));
  }
}
