package dhara.transforms;

import static dhara.transforms.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class UniqueTest {

  record Ping(String id, Instant at) implements Event {}

  private static Arrivals<Ping> arrivals() {
    return Arrivals.of(RecordCoder.of(Ping.class));
  }

  private static Ping ping(String id, String at) {
    return new Ping(id, time(at));
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> unique() {
    return part(true);
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> duplicates() {
    return part(false);
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> part(boolean unique) {
    return new PTransform<>() {
      @Override
      public PCollection<Ping> expand(PCollection<Ping> pings) {
        Unique<Ping> split = Unique.byId(Duration.ofMinutes(5));
        return pings.apply(split).get(unique ? split.unique() : split.duplicates());
      }
    };
  }

  private static PTransform<PCollection<Ping>, PCollection<Unique.Counts>> counts() {
    return new PTransform<>() {
      @Override
      public PCollection<Unique.Counts> expand(PCollection<Ping> pings) {
        Unique<Ping> split = Unique.byId(Duration.ofMinutes(5));
        return pings.apply(split).get(split.counts());
      }
    };
  }

  private static Unique.Counts sum(Iterable<Unique.Counts> parts) {
    long unique = 0;
    long duplicates = 0;
    for (Unique.Counts part : parts) {
      unique += part.unique();
      duplicates += part.duplicates();
    }
    return new Unique.Counts(unique, duplicates);
  }

  private static final Arrivals<Ping> COPIES =
      arrivals()
          .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
          .row("10:00:00", "10:00:20", ping("b", "10:00:20"))
          .row("10:00:30", "10:00:10", ping("a", "10:00:10"))
          .row("10:04:00", "10:00:10", ping("a", "10:00:10"));

  @Test
  void aCopyWithinTheHorizonIsADuplicate() {
    assertThat(
        COPIES.streamed(unique()),
        containsInAnyOrder(ping("a", "10:00:10"), ping("b", "10:00:20")));
    assertThat(
        COPIES.streamed(duplicates()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
  }

  @Test
  void bothAreCountedWhereTheyAreTold() {
    assertThat(sum(COPIES.streamed(counts())), is(new Unique.Counts(2, 2)));
    assertThat(sum(COPIES.backfilled(counts())), is(new Unique.Counts(2, 2)));
  }

  @Test
  void aBackfillFindsTheSameOnes() {
    assertThat(
        COPIES.backfilled(unique()),
        containsInAnyOrder(ping("a", "10:00:10"), ping("b", "10:00:20")));
    assertThat(
        COPIES.backfilled(duplicates()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
  }

  @Test
  void anIdIsForgottenOnceItsEventCanMatterNoMore() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
            .row("10:05:11", "10:00:10", ping("a", "10:00:10"));

    assertThat(arrivals.streamed(unique()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
    assertThat(arrivals.streamed(duplicates()), empty());
  }

  @Test
  void aForgottenCopyChangesNoAnswerForItsWindowsAreClosed() {
    Windows minutes = Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(4));
    PTransform<PCollection<Ping>, PCollection<Answer<Id, Count>>> counts =
        new PTransform<>() {
          @Override
          public PCollection<Answer<Id, Count>> expand(PCollection<Ping> pings) {
            Unique<Ping> split = Unique.byId(minutes.horizon());
            return pings
                .apply(split)
                .get(split.unique())
                .apply(KeyBy.record(Id.class, p -> new Id(p.id())))
                .apply(minutes.into())
                .apply(
                    Answers.perKey(
                        TallyFn.of(new Count(0), p -> new Count(1), Count.class, c -> c)));
          }
        };
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
            .row("10:05:11", "10:00:10", ping("a", "10:00:10"));

    assertThat(
        arrivals.streamed(counts),
        contains(new Answer<>(new Id("a"), time("10:00:00"), time("10:01:00"), 0, new Count(1))));
  }

  record Id(String id) {}

  record Count(long pings) implements Tally<Count> {
    @Override
    public Count plus(Count other) {
      return new Count(pings + other.pings);
    }
  }
}
