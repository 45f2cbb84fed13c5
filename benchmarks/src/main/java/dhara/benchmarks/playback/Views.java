package dhara.benchmarks.playback;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.tally.Tally;
import org.apache.beam.sdk.transforms.DoFn;

/** The records of the job as Beam programs see it. */
public final class Views {

  private Views() {}

  /** What an answer is about: a title or a user. */
  public record Subject(String text) {}

  /** What is known of a key's events in a window; an answer too. */
  public record Sums(long events, long sum, long min, long max, long errors)
      implements Tally<Sums> {

    /** Of no events. */
    public static final Sums ZERO = new Sums(0, 0, Long.MAX_VALUE, Long.MIN_VALUE, 0);

    static Sums of(Played event) {
      return of(event.bitrateKbps(), event.error());
    }

    static Sums of(long rate, boolean error) {
      return new Sums(1, rate, rate, rate, error ? 1 : 0);
    }

    @Override
    public Sums plus(Sums other) {
      return new Sums(
          events + other.events,
          sum + other.sum,
          Math.min(min, other.min),
          Math.max(max, other.max),
          errors + other.errors);
    }

    Sums same() {
      return this;
    }
  }

  /** The end of the job: adds answers to the checksum. */
  static final class SettleFn extends DoFn<Answer<Subject, Sums>, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Answer<Subject, Sums> answer) {
      Sums s = answer.value();
      PlaybackJob.settle(
          answer.key().text(),
          answer.start().toEpochMilli(),
          s.events,
          s.sum,
          s.min,
          s.max,
          s.errors);
    }
  }
}
