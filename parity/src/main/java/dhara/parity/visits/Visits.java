package dhara.parity.visits;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.Versioned;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * An analysis that uses every feature: two inputs of facts and a reference, sessions over both
 * facts, withdrawn answers, running totals, and an effect. It exists only for tests: it is on the
 * class path of the parity tests, and not of the product.
 *
 * <pre>
 *   prices ──────────┐
 *                    ▼            ┌─▶ by user ─▶ session ─▶ visits
 *   clicks ─────▶ as of then ─┬───┼─▶ by ad ─▶ day so far ─▶ totals
 *                             │   └─▶ by user ─▶ minute ─▶ many clicks ─▶ alerts
 *   impressions ──────────────┘
 * </pre>
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Visits implements Analysis<Visits.Options> {

  /** An advertisement was shown. */
  public record Impression(String id, Instant at, String user, String ad) implements Event {}

  /** An advertisement that was shown was clicked. */
  public record Click(String id, Instant at, String user, String ad, String impression)
      implements Event {}

  /** The cost of a click on an advertisement from a time on, or the withdrawal of the price. */
  public record Price(String id, Instant at, String ad, long minor, boolean withdrawn)
      implements Event {}

  /** An impression or a click, with its counts. */
  public record Touch(String user, String ad, long shown, long clicked, long minor) {}

  /** Who visits. */
  public record User(String user) {}

  /** What is advertised. */
  public record Ad(String ad) {}

  /** What a user saw, clicked and cost; a user without clicks has no visit. */
  public record Visit(long shown, long clicked, long minor, @Max long dearestMinor) {}

  /** The cost of an advertisement in a day. */
  public record Total(long shown, long clicked, long minor) {}

  /** A user who clicked often. */
  public record Alert(long clicked) {}

  /** The options: windows. */
  public interface Options extends DharaOptions, WindowOptions {}

  static final Input<Impression> IMPRESSIONS = new Input<>("impressions", Impression.class);
  static final Input<Click> CLICKS = new Input<>("clicks", Click.class);
  static final Input<Price> PRICES =
      Input.reference(
          "prices", Price.class, Versioned.by(Price::ad).removedWhere(Price::withdrawn));
  static final Output<User, Visit> VISITS = new Output<>("visits", User.class, Visit.class);
  static final Output<Ad, Total> TOTALS = new Output<>("totals", Ad.class, Total.class);
  static final Output<User, Alert> ALERTS =
      Output.effect("alerts", User.class, Alert.class).onSettled();

  /** The number of clicks in a minute that raises an alert. */
  static final long MANY = 3;

  /** The time zone of the daily totals; its midnight lies within the made-up events. */
  static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("visits", Options.class)
        .summary("what users saw, clicked and cost, and advertisements in a day")
        .reads(IMPRESSIONS, CLICKS, PRICES)
        .answers(VISITS, TOTALS, ALERTS)
        .scenario(MadeUpVisits::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows visits = Windowing.of(options);
    Windows minutes = Windowing.tumbling("--window", Duration.ofMinutes(1), options);
    Windows days =
        Windows.calendar(CalendarUnit.DAY, ZONE)
            .withLateness(options.getLateness())
            .withEarlyAnswersEvery(Duration.ofSeconds(2));

    PCollection<Touch> clicked =
        flow.events(CLICKS, visits, minutes, days)
            .apply(
                "Price",
                flow.reference(PRICES, visits, minutes, days)
                    .keyedBy(Click::ad)
                    .into(Touch.class, Visits::clicked));
    PCollection<Touch> shown =
        flow.events(IMPRESSIONS, visits, minutes, days)
            .apply("Show", MapElements.into(TypeDescriptor.of(Touch.class)).via(Visits::shown));
    PCollection<Touch> touches =
        PCollectionList.of(shown).and(clicked).apply("Touches", Flatten.pCollections());

    flow.answers(
        VISITS,
        touches.apply(
            "Visits",
            Answers.in(visits)
                .perKey(
                    User.class,
                    touch -> new User(touch.user()),
                    TallyFn.of(Visit.class, Visits::visit, Visit.class, Visits::ofOneWhoClicked))));

    flow.answers(
        TOTALS,
        touches.apply(
            "Totals",
            Answers.in(days)
                .perKey(
                    Ad.class,
                    touch -> new Ad(touch.ad()),
                    TallyFn.of(
                        Total.class,
                        touch -> new Total(touch.shown(), touch.clicked(), touch.minor())))));

    flow.answers(
        ALERTS,
        touches.apply(
            "Alerts",
            Answers.in(minutes)
                .perKey(
                    User.class,
                    touch -> new User(touch.user()),
                    TallyFn.of(
                        Alert.class,
                        touch -> new Alert(touch.clicked()),
                        Alert.class,
                        alert -> alert.clicked() < MANY ? null : alert))));
  }

  private static Touch clicked(Click click, Optional<Price> price) {
    return new Touch(click.user(), click.ad(), 0, 1, price.map(Price::minor).orElse(0L));
  }

  private static Touch shown(Impression impression) {
    return new Touch(impression.user(), impression.ad(), 1, 0, 0);
  }

  private static Visit visit(Touch touch) {
    return new Visit(touch.shown(), touch.clicked(), touch.minor(), touch.minor());
  }

  private static Visit ofOneWhoClicked(Visit visit) {
    return visit.clicked() == 0 ? null : visit;
  }
}
