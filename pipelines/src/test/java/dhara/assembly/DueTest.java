package dhara.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.metrics.Delays.Due;
import dhara.options.DharaOptions;
import dhara.options.ProvisionalOptions;
import dhara.options.WindowOptions;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.revision.Revision;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class DueTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant END = START.plusSeconds(60);

  /** Options of an analysis with windows. */
  public interface Windowed extends DharaOptions, WindowOptions {}

  /** Options of an analysis that answers at arrival. */
  public interface AtArrival extends DharaOptions, ProvisionalOptions {}

  @Test
  void theFirstAnswerIsDueAtTheEndOfItsWindowAndARevisionNever() {
    Windowed options = PipelineOptionsFactory.as(Windowed.class);
    assertThat(due(options, 0), is(END.toEpochMilli()));
    assertThat(due(options, 1), is(Due.NEVER));
    assertThat(
        "whether it is the first is a fact of its own",
        Sinks.<String, String>due(options)
            .millis(new Answer<>("key", START, END, 7, true, "value")),
        is(END.toEpochMilli()));
    options.setEarly(Duration.ZERO);
    assertThat(due(options, 1), is(Due.NEVER));
    assertThat(due(PipelineOptionsFactory.as(DharaOptions.class), 1), is(Due.NEVER));
  }

  @Test
  void whereThereAreEarlyAnswersTheOneThatClosesTheWindowMayBeARevision() {
    Windowed options = PipelineOptionsFactory.as(Windowed.class);
    options.setEarly(Duration.ofSeconds(1));
    assertThat(due(options, 0), is(END.toEpochMilli()));
    assertThat(due(options, 7), is(END.toEpochMilli()));
  }

  @Test
  void anAnswerAtArrivalIsDueAtItsEventAndItsCorrectionNever() {
    AtArrival options = PipelineOptionsFactory.as(AtArrival.class);
    Due<Answer<String, String>> due = Sinks.due(options);
    long arrival = new Revision(END.toEpochMilli(), 0).number();
    assertThat(
        due.millis(new Answer<>("key", START, END, arrival, false, "value")),
        is(END.toEpochMilli()));
    assertThat(
        due.millis(new Answer<>("key", START, END, arrival + 1, false, "value")), is(Due.NEVER));
    options.setProvisional(false);
    assertThat(
        Sinks.<String, String>due(options)
            .millis(new Answer<>("key", START, END, arrival, false, "value")),
        is(Due.NEVER));
  }

  private static long due(DharaOptions options, long revision) {
    return Sinks.<String, String>due(options)
        .millis(new Answer<>("key", START, END, revision, "value"));
  }
}
