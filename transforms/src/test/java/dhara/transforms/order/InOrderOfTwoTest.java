package dhara.transforms.order;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Arrivals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;

/** Payments and labels of them in one order. */
class InOrderOfTwoTest {

  record Payment(String id, Instant at, String payer) implements Event {}

  record Label(String id, Instant at, String who) implements Event {}

  record Trail(String ids) {}

  record Told(String payment, String before) {}

  record About(String payment) {}

  /** Tells each payment with all that was before it. */
  record Follow() implements Fold<Either<Payment, Label>, Trail, Told> {

    @Override
    public Trail initial() {
      return new Trail("");
    }

    @Override
    public Trail apply(Trail trail, Either<Payment, Label> event, Consumer<Told> out) {
      if (event.second() != null) {
        return new Trail(trail.ids + "-" + event.second().id());
      }
      out.accept(new Told(event.first().id(), trail.ids));
      return new Trail(trail.ids + "+" + event.first().id());
    }

    @Override
    public Duration keep() {
      return Duration.ofMinutes(1);
    }
  }

  private static final InOrder<Either<Payment, Label>, String, Trail, Told> FOLD =
      InOrderOfTwo.perKey(Payment::payer, Label::who)
          .fold(new Follow(), Trail.class, Told.class)
          .withLateness(Duration.ofSeconds(20));

  private static Either<Payment, Label> payment(String id, String at) {
    return Either.ofFirst(new Payment(id, time(at), "asha"));
  }

  private static Either<Payment, Label> label(String id, String at) {
    return Either.ofSecond(new Label(id, time(at), "asha"));
  }

  private static Arrivals<Either<Payment, Label>> arrivals(List<Either<Payment, Label>> events) {
    var arrivals =
        Arrivals.of(Either.coder(RecordCoder.of(Payment.class), RecordCoder.of(Label.class)));
    events.forEach(event -> arrivals.row("10:00:00", event.at().toString(), event));
    return arrivals;
  }

  private interface Folding<O> {
    PTransform<PCollection<Payment>, PCollection<O>> of(PCollection<Label> labels);
  }

  private static <O> PTransform<PCollection<Either<Payment, Label>>, PCollection<O>> folded(
      Folding<O> folding) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<O> expand(PCollection<Either<Payment, Label>> both) {
        PCollection<Label> labels =
            both.apply("L", Filter.by((Either<Payment, Label> e) -> e.second() != null))
                .apply(
                    "Labels", MapElements.into(TypeDescriptor.of(Label.class)).via(Either::second))
                .setCoder(RecordCoder.of(Label.class));
        return both.apply("P", Filter.by((Either<Payment, Label> e) -> e.first() != null))
            .apply(
                "Payments", MapElements.into(TypeDescriptor.of(Payment.class)).via(Either::first))
            .setCoder(RecordCoder.of(Payment.class))
            .apply("Fold", folding.of(labels));
      }
    };
  }

  private static final List<Either<Payment, Label>> EVENTS =
      List.of(
          label("x", "10:00:02"),
          payment("c", "10:00:03"),
          payment("b", "10:00:02"),
          label("a", "10:00:01"),
          payment("a", "10:00:01"));

  @Test
  void atOneTimeTheFirstInputComesFirstAndIdsMayBeEqual() {
    Told[] expected = {new Told("a", ""), new Told("b", "+a-a"), new Told("c", "+a-a+b-x")};

    assertThat(
        arrivals(EVENTS).streamed(folded(labels -> InOrderOfTwo.of(labels, FOLD))),
        containsInAnyOrder(expected));
    assertThat(
        arrivals(EVENTS).backfilled(folded(labels -> InOrderOfTwo.of(labels, FOLD))),
        containsInAnyOrder(expected));
  }

  @Test
  void anAnswerAtArrivalIsReplacedIfAnEarlierEventOfTheOtherInputComes() {
    var answers =
        FOLD.answers(
                About.class,
                Told.class,
                (payer, told) -> Answer.at(new About(told.payment()), Instant.EPOCH, told))
            .provisionally(true);

    List<Answer<About, Told>> given =
        arrivals(List.of(payment("b", "10:00:02"), label("x", "10:00:01")))
            .streamed(folded(labels -> InOrderOfTwo.of(labels, answers)));

    assertThat(
        given.stream().map(answer -> answer.revision() + answer.value().before()).toList(),
        containsInAnyOrder("0", "1-x"));
  }

  @Test
  void anEventIsOfOneInput() {
    assertThrows(IllegalArgumentException.class, () -> new Either<Payment, Label>(null, null));
    List<Either<Payment, Label>> sorted =
        new ArrayList<>(List.of(label("a", "10:00:01"), payment("a", "10:00:01")));
    sorted.sort(Fold.ORDER);
    assertThat(sorted, contains(payment("a", "10:00:01"), label("a", "10:00:01")));
  }
}
