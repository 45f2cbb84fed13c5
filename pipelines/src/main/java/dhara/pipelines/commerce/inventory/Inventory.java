package dhara.pipelines.commerce.inventory;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
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
import dhara.pipelines.commerce.inventory.StockOutcome.Change;
import dhara.pipelines.commerce.inventory.StockOutcome.Reason;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.order.InOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The stock of warehouses, from the commands that change it: each is accepted or rejected in the
 * order of event time, whatever the order of arrival.
 *
 * <pre>
 *                                            ┌─▶ each state change ─▶ audit
 *                                            ├─▶ by product, added up ─▶ stock
 *   commands ─▶ by warehouse, in order ──────┼─▶ products that ran low ─▶ low-stock
 *                                            └─▶ accepted or rejected, why ─▶ decisions
 * </pre>
 *
 * <p><b>Why by warehouse.</b> All lines of an order are reserved together or none is. If commands
 * were keyed by (warehouse, product), no key would see all lines; a line would have to be reserved
 * before it is known whether the others are, and an order that came between would be rejected for
 * want of units that are free again a moment later. So a warehouse is the aggregate, in the sense
 * of domain-driven design: the boundary within which stock is consistent. An order from several
 * warehouses is one command for each. A warehouse may have 100,000 products, because {@link Stock}
 * decodes only those that a command uses.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class Inventory implements Analysis<Inventory.Options> {

  /**
   * A command, or an expiry.
   *
   * @param id of the command; for a reservation that expired by itself, that of its command and
   *     {@code #expired}
   */
  public record Entry(String warehouse, String id) {}

  /**
   * A state change, which is never revised: the trail from which the stock can be computed again.
   *
   * @param at when it took effect
   * @param changes of each product
   */
  public record Changed(
      Instant at, StockCommand.Kind kind, @Nullable String order, List<Change> changes) {}

  /**
   * What became of a command.
   *
   * @param reason why it was rejected
   * @param product the first product of which there were too few units
   */
  public record Decision(
      StockCommand.Kind kind,
      @Nullable String order,
      boolean accepted,
      @Nullable Reason reason,
      @Nullable String product) {}

  /** A product that ran low by a command. */
  public record LowProduct(String warehouse, String product, String id) {}

  /**
   * How low it is.
   *
   * @param available units on hand that are not reserved
   * @param below how many there should be at least
   */
  public record LowStock(long available, long below) {}

  /** The options that this analysis adds. */
  public interface Options
      extends DharaOptions, LatenessOptions, ProvisionalOptions, StockViewOptions {

    @Description("After this time a reservation expires by itself, e.g. --reservationExpiry=PT15M")
    @Default.InstanceFactory(Durations.FifteenMinutes.class)
    Duration getReservationExpiry();

    void setReservationExpiry(Duration value);

    @Description(
        "How long an order is remembered after its reservation has ended, to say why another command"
            + " for it is rejected, e.g. --orderMemory=PT1H")
    @Default.InstanceFactory(Durations.OneHour.class)
    Duration getOrderMemory();

    void setOrderMemory(Duration value);

    @Description(
        "A product runs low when fewer units than these are available; 0 for no alerts, e.g."
            + " --lowStock=100")
    @Default.Long(100)
    @AtLeast(0)
    long getLowStock();

    void setLowStock(long value);

    @Description(
        "A product that ran low has recovered when this many percent more than --lowStock are"
            + " available, e.g. --hysteresis=20")
    @Default.Integer(20)
    @AtLeast(0)
    int getHysteresis();

    void setHysteresis(int value);
  }

  static final Input<StockCommand> COMMANDS = new Input<>("commands", StockCommand.class);
  static final Output<Entry, Changed> AUDIT =
      new Output<>("audit", Entry.class, Changed.class).withAllHistory();
  static final Output<StockView.Product, StockView.Level> STOCK = StockView.OUTPUT;
  static final Output<Entry, Decision> DECISIONS =
      new Output<>("decisions", Entry.class, Decision.class).withAllHistory();
  static final Output<LowProduct, LowStock> LOW_STOCK =
      Output.effect("low-stock", LowProduct.class, LowStock.class)
          .incident(
              (low, stock) -> "%s %s %s".formatted(low.warehouse(), low.product(), low.id()),
              Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("inventory", Options.class)
        .summary("stock per warehouse and product, the trail of its changes, and low stock")
        .reads(COMMANDS)
        .answers(AUDIT, STOCK, DECISIONS, LOW_STOCK)
        .scenario(StockCommands::events);
  }

  @Override
  public void build(Flow flow, Options options) {
    long below = options.getLowStock();
    InOrder<StockCommand, String, Stock, StockOutcome> fold = fold(options, below);
    PCollection<StockCommand> commands = flow.events(COMMANDS, fold.windows());
    PCollection<Answer<Entry, StockOutcome>> settled = commands.apply("Settle", answers(fold));

    flow.answers(AUDIT, answered(AUDIT, settled, Inventory::changed));

    flow.answers(
        STOCK,
        settled
            .apply(
                "Move",
                FlatMapElements.into(TypeDescriptor.of(StockView.Move.class))
                    .via(answer -> moves(answer)))
            .apply("Stock", StockView.of(options)));

    flow.answers(
        DECISIONS,
        answered(
            DECISIONS,
            options.getProvisional()
                ? commands.apply("Decide", answers(fold(options, 0)).provisionally(true))
                : settled,
            Inventory::decided));

    flow.answers(LOW_STOCK, answered(LOW_STOCK, settled, answer -> ranLow(answer, below)));
  }

  private static InOrder<StockCommand, String, Stock, StockOutcome> fold(
      Options options, long below) {
    Duration expiry = options.getReservationExpiry();
    if (expiry.toMillis() <= 0) {
      throw new BadOption(
          "--reservationExpiry",
          expiry,
          "a reservation must last longer than zero, e.g. --reservationExpiry=PT15M");
    }
    Duration memory = options.getOrderMemory();
    if (memory.isNegative()) {
      throw new BadOption("--orderMemory", memory, "is below zero, e.g. --orderMemory=PT1H");
    }
    return InOrder.perKey(StockCommand::warehouse)
        .fold(
            new StockFold(expiry, memory, below, options.getHysteresis()),
            new Stock.Form(),
            RecordCoder.of(StockOutcome.class))
        .withLateness(Windowing.lateness(options));
  }

  private static InOrder.Answering<StockCommand, String, Stock, StockOutcome, Entry, StockOutcome>
      answers(InOrder<StockCommand, String, Stock, StockOutcome> fold) {
    return fold.answers(
        Entry.class,
        StockOutcome.class,
        (warehouse, outcome) ->
            Answer.at(new Entry(warehouse, outcome.id()), outcome.at(), outcome));
  }

  /** The answers of an output that an outcome makes. */
  private static <K extends Record, V extends Record> PCollection<Answer<K, V>> answered(
      Output<K, V> output,
      PCollection<Answer<Entry, StockOutcome>> outcomes,
      SerializableFunction<Answer<Entry, StockOutcome>, Stream<Answer<K, V>>> answers) {
    return outcomes
        .apply(
            output.name(),
            FlatMapElements.into(new TypeDescriptor<Answer<K, V>>() {})
                .via(outcome -> answers.apply(outcome).toList()))
        .setCoder(AnswerCoder.of(RecordCoder.of(output.key()), RecordCoder.of(output.value())));
  }

  private static Stream<Answer<Entry, Changed>> changed(Answer<Entry, StockOutcome> answer) {
    StockOutcome of = answer.value();
    return of.rejected() == null
        ? Stream.of(
            Answer.at(
                answer.key(), of.at(), new Changed(of.at(), of.kind(), of.order(), of.changes())))
        : Stream.empty();
  }

  private static List<StockView.Move> moves(Answer<Entry, StockOutcome> answer) {
    return StockView.moves(answer.key().warehouse(), answer.value().at(), answer.value().changes());
  }

  /** The decision, with the revision of the outcome, which may have been withdrawn. */
  private static Stream<Answer<Entry, Decision>> decided(Answer<Entry, StockOutcome> answer) {
    Decision decision = answer.isWithdrawn() ? null : decision(answer.value());
    return Stream.of(
        new Answer<>(
            answer.key(),
            answer.start(),
            answer.end(),
            answer.revision(),
            answer.first(),
            decision));
  }

  private static Decision decision(StockOutcome of) {
    return new Decision(of.kind(), of.order(), of.rejected() == null, of.rejected(), of.product());
  }

  private static Stream<Answer<LowProduct, LowStock>> ranLow(
      Answer<Entry, StockOutcome> answer, long below) {
    Entry entry = answer.key();
    return answer.value().low().stream()
        .map(
            low ->
                Answer.at(
                    new LowProduct(entry.warehouse(), low.product(), entry.id()),
                    answer.value().at(),
                    new LowStock(low.available(), below)));
  }
}
