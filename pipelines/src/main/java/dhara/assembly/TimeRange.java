package dhara.assembly;

import dhara.events.Event;
import dhara.options.BackfillOptions;
import dhara.options.BadOption;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * A half-open range of event time: the events that count, and the windows that have answers. A
 * window that is only partly in the range has no answer, because it would be a partial one.
 *
 * @param from its start (inclusive)
 * @param until its end (exclusive)
 */
record TimeRange(Instant from, Instant until) implements Serializable {

  /** All of time. */
  static final TimeRange ALL = new TimeRange(Instant.MIN, Instant.MAX);

  /**
   * The range of {@code --from} and {@code --until}.
   *
   * @throws BadOption if it is empty
   */
  static TimeRange of(BackfillOptions options) {
    Instant from = options.getFrom() == null ? Instant.MIN : options.getFrom();
    Instant until = options.getUntil() == null ? Instant.MAX : options.getUntil();
    if (!from.isBefore(until)) {
      throw new BadOption(
          "--until", until, "is not after --from=" + from + ": the range would be empty");
    }
    return new TimeRange(from, until);
  }

  /** The range before a moment. */
  static TimeRange before(Instant moment) {
    return new TimeRange(Instant.MIN, moment);
  }

  /** The range from a moment on. */
  static TimeRange since(Instant moment) {
    return new TimeRange(moment, Instant.MAX);
  }

  boolean holds(Instant at) {
    return !at.isBefore(from) && at.isBefore(until);
  }

  /** Whether it contains a whole window. */
  boolean covers(Answer<?, ?> answer) {
    return !answer.start().isBefore(from) && !answer.end().isAfter(until);
  }

  /**
   * Durations around a range, in which events have effects on answers in the range.
   *
   * @param before it
   * @param after it
   */
  record Margin(Duration before, Duration after) {

    static final Margin NONE = new Margin(Duration.ZERO, Duration.ZERO);

    /** What these windows need. */
    static Margin of(Windows... windows) {
      return new Margin(longest(Windows::history, windows), longest(Windows::margin, windows));
    }

    private static Duration longest(Function<Windows, Duration> what, Windows... windows) {
      return Arrays.stream(windows).map(what).max(Duration::compareTo).orElseThrow();
    }
  }

  /** The same with a margin, as far as time goes. */
  TimeRange widened(Margin margin) {
    return new TimeRange(
        Duration.between(Instant.MIN, from).compareTo(margin.before) <= 0
            ? Instant.MIN
            : from.minus(margin.before),
        Duration.between(until, Instant.MAX).compareTo(margin.after) <= 0
            ? Instant.MAX
            : until.plus(margin.after));
  }

  /**
   * The tags of a split: events in the range and the margin around it, and, for the ledger, events
   * outside of the range.
   */
  record Split<T>(TupleTag<T> inside, TupleTag<T> outside) implements Serializable {

    /** Tags of a new split. */
    static <T> Split<T> tags() {
      return new Split<>(new TupleTag<>("inside"), new TupleTag<>("outside"));
    }
  }

  /**
   * Splits events of {@code part}: those in the range or its margin go inside, those not in the
   * range go outside, so events in the margin go both ways.
   *
   * @param part the part of a source if there are several; other events come from another source
   * @param margin what is needed around the range
   */
  <T extends Event> PCollectionTuple split(
      String step, PCollection<T> events, TimeRange part, Margin margin, Split<T> tags) {
    PCollectionTuple split =
        events.apply(
            step,
            ParDo.of(new SplitFn<>(this, widened(margin), part, tags))
                .withOutputTags(tags.inside, TupleTagList.of(tags.outside)));
    split.get(tags.inside).setCoder(events.getCoder());
    split.get(tags.outside).setCoder(events.getCoder());
    return split;
  }

  private static final class SplitFn<T extends Event> extends DoFn<T, T> {

    private static final long serialVersionUID = 1L;

    private final TimeRange range;
    private final TimeRange widened;
    private final TimeRange part;
    private final Split<T> tags;

    SplitFn(TimeRange range, TimeRange widened, TimeRange part, Split<T> tags) {
      this.range = range;
      this.widened = widened;
      this.part = part;
      this.tags = tags;
    }

    @ProcessElement
    public void process(@Element T event, MultiOutputReceiver out) {
      boolean mine = part.holds(event.at());
      if (mine && widened.holds(event.at())) {
        out.get(tags.inside).output(event);
      }
      if (!mine || !range.holds(event.at())) {
        out.get(tags.outside).output(event);
      }
    }
  }
}
