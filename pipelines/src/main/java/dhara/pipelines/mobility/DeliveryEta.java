package dhara.pipelines.mobility;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.options.ProvisionalOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.InOrder;
import dhara.transforms.revision.DeriveAnswers;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where deliveries are, when they will be there, and a notification when they are close.
 *
 * <pre>
 *   deliveries ─▶ by delivery, in the order of time ─┬─▶ etas
 *                                                    └─▶ at most 10 min away, once ─▶ arriving
 * </pre>
 *
 * <p>{@link DeliveryProgress} says how distance, speed and time left are measured. Each event of a
 * delivery that is under way is answered when it comes, and again if an earlier one comes after it
 * within the lateness and changes the answer. Silence is answered when it is certain.
 *
 * <p>The notification is an effect on settled answers, because a customer cannot be un-notified. So
 * it comes after its ping by {@code --lateness}, which should be far shorter here than by default:
 * as long as couriers' phones keep positions back, such as {@code --lateness=PT30S}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class DeliveryEta implements Analysis<DeliveryEta.Options> {

  /**
   * What an update is about.
   *
   * @param event the id of the event that tells it; of silence, that of the last event before
   */
  public record DeliveryUpdate(String delivery, String event) {}

  /** What a notification is about. */
  public record Delivery(String delivery) {}

  /** What a delivery does. */
  public enum Status {
    /** It has a courier. */
    DISPATCHED,
    /** Its courier sends positions. */
    ON_THE_WAY,
    /** Its courier has sent nothing for a while. */
    SILENT,
    /** It is there. */
    DELIVERED
  }

  /**
   * How far a delivery is.
   *
   * @param leftMetres along the route; of silence, as last known
   * @param metresPerHour median of the last speeds
   * @param secondsLeft null if it cannot be told
   * @param etaAt when it will be there, or was
   * @param promisedAt when it is to be there
   * @param lateSeconds by how much {@code etaAt} is after the promise; below zero if it is before
   * @param arriving whether this update notifies the customer
   */
  public record Progress(
      Status status,
      String courier,
      long leftMetres,
      @Nullable Long metresPerHour,
      @Nullable Long secondsLeft,
      @Nullable Instant etaAt,
      Instant promisedAt,
      @Nullable Long lateSeconds,
      boolean arriving) {}

  /** What a customer is told. */
  public record Arriving(
      String courier, long leftMetres, long secondsLeft, Instant etaAt, long lateSeconds) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, ProvisionalOptions {

    @Description(
        "A customer is notified when their delivery has at most this much time left, e.g."
            + " --arrivingWithin=PT10M")
    @Default.InstanceFactory(Durations.TenMinutes.class)
    @AboveZero
    Duration getArrivingWithin();

    void setArrivingWithin(Duration value);

    @Description("A courier who sends nothing for this long is silent, e.g. --silentAfter=PT5M")
    @Default.InstanceFactory(Durations.FiveMinutes.class)
    @AboveZero
    Duration getSilentAfter();

    void setSilentAfter(Duration value);

    @Description(
        "A delivery without an event for longer than this is forgotten, e.g. --forgetAfter=P1D")
    @Default.InstanceFactory(Durations.OneDay.class)
    @AboveZero
    Duration getForgetAfter();

    void setForgetAfter(Duration value);
  }

  /** A notification is the same incident for this long. */
  private static final Duration INCIDENT = Duration.ofDays(1);

  static final Input<DeliveryEvent> DELIVERIES = new Input<>("deliveries", DeliveryEvent.class);
  static final Output<DeliveryUpdate, Progress> ETAS =
      new Output<>("etas", DeliveryUpdate.class, Progress.class).withAllHistory();
  static final Output<Delivery, Arriving> ARRIVING =
      Output.effect("arriving", Delivery.class, Arriving.class)
          .incident((of, arriving) -> of.delivery(), INCIDENT)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("delivery-eta", Options.class)
        .summary("distance left, speed and time of arrival of deliveries; one notification each")
        .reads(DELIVERIES)
        .answers(ETAS, ARRIVING)
        .scenario(Deliveries::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    InOrder<DeliveryEvent, Delivery, DeliveryProgress.Underway, DeliveryProgress.Update>
        deliveries =
            InOrder.perKey(Delivery.class, (DeliveryEvent event) -> new Delivery(event.delivery()))
                .fold(
                    progress(options),
                    DeliveryProgress.Underway.class,
                    DeliveryProgress.Update.class)
                .withLateness(Windowing.lateness(options));

    PCollection<Answer<DeliveryUpdate, Progress>> etas =
        flow.events(DELIVERIES, deliveries.windows())
            .apply(
                "Etas",
                deliveries
                    .answers(
                        DeliveryUpdate.class,
                        Progress.class,
                        (of, update) ->
                            Answer.at(
                                new DeliveryUpdate(of.delivery(), update.event()),
                                update.at(),
                                update.progress()))
                    .provisionally(options.getProvisional()));

    flow.answers(ETAS, etas);

    flow.answers(
        ARRIVING,
        etas.apply(
            "Arriving",
            DeriveAnswers.<DeliveryUpdate, Progress, Arriving>of(
                    Arriving.class, DeliveryEta::arriving)
                .about(Delivery.class, update -> new Delivery(update.delivery()))));
  }

  private static @Nullable Arriving arriving(Progress progress) {
    return progress.arriving()
        ? new Arriving(
            progress.courier(),
            progress.leftMetres(),
            progress.secondsLeft(),
            progress.etaAt(),
            progress.lateSeconds())
        : null;
  }

  private static DeliveryProgress progress(Options options) {
    Duration silent = options.getSilentAfter();
    Duration keep = options.getForgetAfter();
    if (silent.compareTo(keep) > 0) {
      throw new BadOption(
          "--silentAfter",
          silent,
          "is longer than --forgetAfter=" + keep + ", when a delivery is forgotten already");
    }
    return new DeliveryProgress(options.getArrivingWithin(), silent, keep);
  }
}
