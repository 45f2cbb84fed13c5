package dhara.pipelines.mobility.surge;

import com.google.auto.service.AutoService;
import dhara.geo.Geohash;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.SlidingOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.mobility.surge.Ride.Kind;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.Settled;
import dhara.transforms.order.InOrder;
import dhara.transforms.tally.Last;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How much more a ride costs where more riders wait than drivers are free.
 *
 * <pre>
 *   rides ─┬─▶ requests ─▶ by cell ─▶ the last 5 min, every minute ─▶ settled ─────────┐
 *          │                                                                           ▼
 *          └─▶ of drivers ─┐                                                  for the cell and
 *                          ├─▶ by driver ─▶ the last ─▶ settled, if free ─▶   its neighbours
 *   pings ─────────────────┘                of 5 min                                   │
 *      ┌───────────────────────────────────────────────────────────────────────────────┘
 *      └─▶ by cell ─▶ in the order of minutes: ratio, multiplier, step ─▶ surge
 * </pre>
 *
 * <p>A cell is a {@link Geohash}, or the zone that a request names; zones have no neighbours. A
 * driver is where their last ping of the window was, and counts once. They are available if that
 * ping has no ride, or they ended or cancelled a ride since; and not if they accepted one since.
 * Drivers who sent no ping in the window are not known.
 *
 * <p>The ratio is requests by available drivers, where those of the eight neighbouring cells count
 * {@code --neighbourPercent} of one, so that the price does not jump at the border of a cell. The
 * table {@code --multipliers} gives the multiplier that the ratio asks for, and the multiplier
 * moves towards it by at most {@code --mostStep} in each step of windows. A cell without requests
 * and drivers goes back to 1 by such steps, and then has no answers.
 *
 * <p>A multiplier follows from the one before, so it is answered when its window has settled,
 * {@code --lateness} after its end. For live prices let that be short, e.g. {@code
 * --lateness=PT5S}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class SurgePricing implements Analysis<SurgePricing.Options> {

  /** A cell: the name of a geohash, or {@code zone:NAME}. */
  public record Cell(String cell) {

    private static final String ZONE = "zone:"; // no geohash has a colon

    static Cell of(Ride request, int letters) {
      return new Cell(
          request.zone() != null
              ? ZONE + request.zone()
              : Geohash.of(request.lat(), request.lon(), letters));
    }

    /** The cells around it; none of a zone. */
    List<String> neighbours() {
      return cell.startsWith(ZONE) ? List.of() : Geohash.neighbours(cell);
    }
  }

  /**
   * The price of a cell.
   *
   * @param requests of the window, in the cell
   * @param drivers available ones in the cell
   * @param nearRequests of its neighbours
   * @param nearDrivers of its neighbours
   * @param ratio requests by driver, with a part of those of the neighbours; null without drivers
   * @param wanted the multiplier that the ratio asks for
   * @param multiplier by which the price is multiplied
   */
  public record Surge(
      long requests,
      long drivers,
      long nearRequests,
      long nearDrivers,
      @Nullable Double ratio,
      double wanted,
      double multiplier) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, SlidingOptions {

    @Description(
        "How many letters the geohash of a cell has: 5 for cells of 5 km, 6 for cells of 1.2 by 0.6"
            + " km, 7 for cells of 150 m, e.g. --cellLetters=6")
    @Default.Integer(6)
    @AtLeast(1)
    int getCellLetters();

    void setCellLetters(int value);

    @Description(
        "How much a request or driver of a neighbouring cell counts, in per cent of one in the"
            + " cell, e.g. --neighbourPercent=25")
    @Default.Integer(25)
    @AtLeast(0)
    int getNeighbourPercent();

    void setNeighbourPercent(int value);

    @Description(
        "From which ratio of requests to available drivers on which multiplier is wanted, with at"
            + " most two decimals, e.g. --multipliers=1:1.2,2:2.0,4:3.0")
    @Default.String("1:1.2,1.5:1.5,2:1.8,3:2.4,4:3.0")
    String getMultipliers();

    void setMultipliers(String value);

    @Description(
        "The most that a multiplier changes from one window to the next, with at most two decimals,"
            + " e.g. --mostStep=0.3")
    @Default.Double(0.3)
    double getMostStep();

    void setMostStep(double value);
  }

  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Duration EVERY = Duration.ofMinutes(1);

  static final Input<Ride> RIDES = new Input<>("rides", Ride.class);
  static final Input<Ping> PINGS = new Input<>("pings", Ping.class).asOptional();
  static final Output<Cell, Surge> SURGE =
      new Output<>("surge", Cell.class, Surge.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("surge-pricing", Options.class)
        .summary("requests, available drivers and price multiplier per cell, 5 min every minute")
        .reads(RIDES, PINGS)
        .answers(SURGE)
        .scenario(MadeUpRides::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    int letters = letters(options);
    PriceSteps steps = steps(options);
    Windows windows = Windowing.settledSliding(options, WINDOW, EVERY).withAllHistory();
    PCollection<Ride> rides = flow.events(RIDES, windows);

    PCollection<CellCounts> requests =
        rides
            .apply("Requests", Filter.by(ride -> ride.kind() == Kind.REQUEST))
            .apply(
                "Demand",
                Answers.in(windows)
                    .perKey(
                        Cell.class,
                        ride -> Cell.of(ride, letters),
                        TallyFn.of(Waiting.class, ride -> new Waiting(1))))
            .apply("SettledDemand", Settled.answers())
            .apply(
                "RequestsOfCells",
                FlatMapElements.into(TypeDescriptor.of(CellCounts.class))
                    .via(CellCounts::ofRequests))
            .setCoder(RecordCoder.of(CellCounts.class));

    PCollection<Sighting> driving =
        rides
            .apply("OfDrivers", Filter.by(ride -> ride.driver() != null && ride.kind().decides()))
            .apply(
                "Driving",
                MapElements.into(TypeDescriptor.of(Sighting.class)).via(Sighting::driving))
            .setCoder(RecordCoder.of(Sighting.class));
    PCollection<Sighting> seen =
        flow.events(PINGS, windows)
            .apply("Seen", MapElements.into(TypeDescriptor.of(Sighting.class)).via(Sighting::seen))
            .setCoder(RecordCoder.of(Sighting.class));
    PCollection<CellCounts> drivers =
        PCollectionList.of(driving)
            .and(seen)
            .apply("Sightings", Flatten.pCollections())
            .apply(
                "Supply",
                Answers.in(windows)
                    .perKey(
                        Driver.class,
                        sighting -> new Driver(sighting.driver()),
                        TallyFn.of(
                            Known.class, Known::of, Cell.class, known -> known.free(letters))))
            .apply("SettledSupply", Settled.answers())
            .apply(
                "DriversOfCells",
                FlatMapElements.into(TypeDescriptor.of(CellCounts.class)).via(CellCounts::ofDriver))
            .setCoder(RecordCoder.of(CellCounts.class));

    flow.answers(
        SURGE,
        PCollectionList.of(requests)
            .and(drivers)
            .apply("Counts", Flatten.pCollections())
            .apply(
                "Steps",
                InOrder.perKey(Cell.class, CellCounts::cell)
                    .fold(steps, PriceSteps.Price.class, PriceSteps.Priced.class)
                    .withLateness(windows.lateness())
                    .answers(
                        Cell.class,
                        Surge.class,
                        (cell, priced) ->
                            new Answer<>(
                                cell,
                                priced.end().minus(steps.window()),
                                priced.end(),
                                0,
                                priced.surge()))));
  }

  record Driver(String driver) {}

  record Waiting(long requests) {}

  /** A position of a driver, or what a driver does. */
  private record Sighting(String driver, @Nullable Ping ping, @Nullable Ride ride) {

    static Sighting seen(Ping ping) {
      return new Sighting(ping.driver(), ping, null);
    }

    static Sighting driving(Ride ride) {
      return new Sighting(ride.driver(), null, ride);
    }
  }

  /** What is known of a driver. */
  private record Known(@Nullable @Last Ping ping, @Nullable @Last Ride ride) {

    static Known of(Sighting sighting) {
      return new Known(sighting.ping, sighting.ride);
    }

    /** Where the driver is available; null if that is not known, or they are not. */
    @Nullable Cell free(int letters) {
      if (ping == null) {
        return null;
      }
      boolean since = ride != null && ride.at().isAfter(ping.at());
      boolean busy = since ? ride.kind().occupies() : ping.ride() != null;
      return busy ? null : new Cell(Geohash.of(ping.lat(), ping.lon(), letters));
    }
  }

  private static int letters(Options options) {
    int letters = options.getCellLetters();
    if (letters > Geohash.LONGEST) {
      throw new BadOption(
          "--cellLetters",
          letters,
          "must be at most %d, e.g. --cellLetters=6".formatted(Geohash.LONGEST));
    }
    return letters;
  }

  private static PriceSteps steps(Options options) {
    double most = options.getMostStep();
    long step = Math.round(most * 100);
    if (step < 1 || step > 10_000 || Math.abs(step - most * 100) > 1e-9) {
      throw new BadOption(
          "--mostStep", most, "must be from 0.01 to 100 in hundredths, e.g. --mostStep=0.3");
    }
    Windows windows = Windowing.settledSliding(options, WINDOW, EVERY);
    return new PriceSteps(
        windows.width(),
        windows.every(),
        PriceTable.of("--multipliers", options.getMultipliers()),
        options.getNeighbourPercent(),
        step);
  }
}
