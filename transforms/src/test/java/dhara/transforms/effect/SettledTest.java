package dhara.transforms.effect;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class SettledTest {

  record Sale(String id, Instant at, String shop, long units) implements Event {}

  record Shop(String shop) {}

  record Sold(long units) {}

  private static Sale sale(String id, String at, long units) {
    return new Sale(id, time(at), "s", units);
  }

  private static Answer<Shop, Sold> sold(String start, String end, long units) {
    return new Answer<>(new Shop("s"), time(start), time(end), 0, true, new Sold(units));
  }

  /** The settled sums of windows; their revisions tell how they came, and are left out. */
  private static PTransform<PCollection<Sale>, PCollection<Answer<Shop, Sold>>> settled(
      Windows windows) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<Answer<Shop, Sold>> expand(PCollection<Sale> sales) {
        PCollection<Answer<Shop, Sold>> settled =
            sales
                .apply(
                    Answers.in(windows)
                        .perKey(
                            Shop.class,
                            sale -> new Shop(sale.shop()),
                            TallyFn.of(Sold.class, sale -> new Sold(sale.units()))))
                .apply(Settled.answers());
        return settled
            .apply(
                MapElements.into(settled.getTypeDescriptor())
                    .via(answer -> answer.withRevision(0).asFirst()))
            .setCoder(settled.getCoder());
      }
    };
  }

  @Test
  void anAnswerComesOnceWithTheLateEventsOfItsWindow() {
    var arrivals =
        Arrivals.of(RecordCoder.of(Sale.class))
            .row("10:00:00", "10:00:10", sale("a", "10:00:10", 1))
            .row("10:01:20", "10:00:50", sale("b", "10:00:50", 2))
            .row("10:01:59", "10:00:20", sale("c", "10:00:20", 4))
            .row("10:02:30", "10:02:30", sale("d", "10:02:30", 8));
    var windows =
        Windows.tumbling(Duration.ofMinutes(1))
            .withLateness(Duration.ofMinutes(1))
            .withEarlyAnswersEvery(Duration.ofSeconds(1));

    Answer<?, ?>[] expected = {sold("10:00:00", "10:01:00", 7), sold("10:02:00", "10:03:00", 8)};
    assertThat(arrivals.streamed(settled(windows)), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(settled(windows)), containsInAnyOrder(expected));
  }

  @Test
  void aSessionThatHasBecomePartOfALongerOneIsNotAnAnswer() {
    var arrivals =
        Arrivals.of(RecordCoder.of(Sale.class))
            .row("10:00:00", "10:00:00", sale("a", "10:00:00", 1))
            .row("10:00:00", "10:00:50", sale("c", "10:00:50", 4))
            .row("10:01:20", "10:00:25", sale("b", "10:00:25", 2))
            .row("10:03:00", "10:09:00", sale("d", "10:09:00", 8));
    var windows = Windows.sessions(Duration.ofSeconds(30)).withLateness(Duration.ofMinutes(5));

    Answer<?, ?>[] expected = {sold("10:00:00", "10:01:20", 7), sold("10:09:00", "10:09:30", 8)};
    assertThat(arrivals.streamed(settled(windows)), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(settled(windows)), containsInAnyOrder(expected));
  }
}
