package dhara.pipelines.payments;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.RunningOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.sketch.Latencies;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.tally.TextCounts;
import dhara.transforms.windows.Windows;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How payments go: their number, value, success rate, failures and latency, per bank, app and kind.
 *
 * <pre>
 *              ┌─▶ by bank, app, kind ─▶ per minute ─▶ metrics
 *   payments ──┤
 *              └─▶ by bank, app, kind ─▶ since midnight ─▶ totals
 * </pre>
 *
 * <p>An event is an attempt with the status that is known of it. A payment that is {@code PENDING}
 * is not decided, so the success rate leaves it out; one that was {@code REVERSED} did not succeed.
 * Money is in minor units of the currency.
 *
 * <p>The totals are running totals: a stream updates them every ten seconds, and they settle when
 * the day ends in {@code --timeZone}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class TransactionMetrics implements Analysis<TransactionMetrics.Options> {

  /** What metrics are about; a bank, app or kind that is not known is {@code unknown}. */
  public record Channel(String bank, String app, String kind) {}

  /**
   * The payments of a window. Latencies are null if no payment has one; percentiles are within 0.4
   * %.
   *
   * @param payments attempts, whatever became of them
   * @param succeeded those that succeeded
   * @param failed those that failed
   * @param pending those that are not decided
   * @param reversed those whose money was moved back
   * @param successRate {@code succeeded / (succeeded + failed + reversed)}; null if none is decided
   * @param attemptedMinor value of all attempts
   * @param valueMinor value of those that succeeded
   * @param failures failed payments by code, most first, then by code; those without a code are
   *     {@code unknown}
   * @param otherFailures failed payments with a code that is not listed
   * @param averageMillis mean latency
   * @param leastMillis the shortest latency
   * @param greatestMillis the longest
   * @param p50Millis the median
   * @param p95Millis nineteen of twenty are not longer
   * @param p99Millis ninety-nine of a hundred are not longer
   */
  public record Transactions(
      long payments,
      long succeeded,
      long failed,
      long pending,
      long reversed,
      @Nullable Double successRate,
      long attemptedMinor,
      long valueMinor,
      List<Failure> failures,
      long otherFailures,
      @Nullable Double averageMillis,
      @Nullable Long leastMillis,
      @Nullable Long greatestMillis,
      @Nullable Double p50Millis,
      @Nullable Double p95Millis,
      @Nullable Double p99Millis) {}

  /** How many payments failed with a code. */
  public record Failure(String code, long payments) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions, RunningOptions {

    @Description("Whose bank metrics are grouped by: payer or payee, e.g. --bankOf=payee")
    @Default.Enum("payer")
    BankOf getBankOf();

    void setBankOf(BankOf value);

    @Description(
        "How many failure codes an answer lists, in alphabetical order of the codes; the rest are"
            + " counted together, e.g. --failureCodes=50")
    @Default.Integer(50)
    @AtLeast(1)
    int getFailureCodes();

    void setFailureCodes(int value);
  }

  /** Whose bank a payment counts for. */
  public enum BankOf {
    /** The bank that the money leaves. */
    payer,
    /** The bank that it reaches. */
    payee;

    private Channel of(Payment payment) {
      Payment.Kind kind = payment.kind();
      return new Channel(
          known(this == payer ? payment.payerBank() : payment.payeeBank()),
          known(payment.app()),
          kind == null ? UNKNOWN : kind.name());
    }
  }

  private static final String UNKNOWN = "unknown";

  static final Input<Payment> PAYMENTS = new Input<>("payments", Payment.class);
  static final Output<Channel, Transactions> METRICS =
      new Output<>("metrics", Channel.class, Transactions.class);
  static final Output<Channel, Transactions> TOTALS =
      new Output<>("totals", Channel.class, Transactions.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("transaction-metrics", Options.class)
        .summary("payments, failures and latency per bank, app, kind, minute and day")
        .reads(PAYMENTS)
        .answers(METRICS, TOTALS)
        .scenario(MadeUpTransactions::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    BankOf bank = options.getBankOf();
    int codes = options.getFailureCodes();
    Windows windows = Windowing.of(options);
    Windows days = Windowing.running(options);
    PCollection<Payment> payments = flow.events(PAYMENTS, windows, days);
    TallyFn<Payment, Sums, Transactions> sums =
        TallyFn.of(
            Sums.class, payment -> Sums.of(payment, codes), Transactions.class, Sums::transactions);

    flow.answers(
        METRICS,
        payments.apply("Metrics", Answers.in(windows).perKey(Channel.class, bank::of, sums)));

    flow.answers(
        TOTALS, payments.apply("Totals", Answers.in(days).perKey(Channel.class, bank::of, sums)));
  }

  private static String known(@Nullable String name) {
    return Objects.requireNonNullElse(name, UNKNOWN);
  }

  /** Payments, added up. */
  private record Sums(
      Rate decided,
      long pending,
      long reversed,
      long attemptedMinor,
      long valueMinor,
      TextCounts failures,
      Latencies latencies) {

    private static Sums of(Payment payment, int codes) {
      boolean pending = payment.status() == Payment.Status.PENDING;
      boolean succeeded = payment.status() == Payment.Status.SUCCESS;
      Long millis = payment.latencyMillis();
      return new Sums(
          pending ? Rate.NONE : Rate.of(succeeded),
          pending ? 1 : 0,
          payment.status() == Payment.Status.REVERSED ? 1 : 0,
          payment.amountMinor(),
          succeeded ? payment.amountMinor() : 0,
          payment.status() == Payment.Status.FAILED
              ? TextCounts.of(known(payment.failureCode()), codes)
              : TextCounts.NONE,
          millis == null ? Latencies.NONE : Latencies.of(millis));
    }

    private Transactions transactions() {
      boolean timed = latencies.count() > 0;
      return new Transactions(
          decided.all() + pending,
          decided.hits(),
          decided.all() - decided.hits() - reversed,
          pending,
          reversed,
          decided.all() == 0 ? null : decided.share(),
          attemptedMinor,
          valueMinor,
          failures.byText().entrySet().stream()
              .map(each -> new Failure(each.getKey(), each.getValue()))
              .sorted(
                  Comparator.comparing(Failure::payments).reversed().thenComparing(Failure::code))
              .toList(),
          failures.others(),
          timed ? latencies.averageMillis() : null,
          timed ? latencies.leastMillis() : null,
          timed ? latencies.greatestMillis() : null,
          timed ? latencies.quantileMillis(0.5) : null,
          timed ? latencies.quantileMillis(0.95) : null,
          timed ? latencies.quantileMillis(0.99) : null);
    }
  }
}
