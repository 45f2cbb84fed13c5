package dhara.parity.payments;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.parity.LatencyColumns;
import dhara.pipelines.payments.Payment;
import dhara.pipelines.payments.Payment.Status;
import dhara.pipelines.payments.TransactionMetrics;
import dhara.pipelines.payments.TransactionMetrics.BankOf;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** Puts payments into boxes, and counts in each. */
@AutoService(Oracle.class)
public final class TransactionMetricsOracle implements Oracle {

  @Override
  public String analysis() {
    return "transaction-metrics";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT2M",
            "--every=PT1M",
            "--bankOf=payee",
            "--failureCodes=2",
            "--since=week",
            "--timeZone=Asia/Kolkata"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    TransactionMetrics.Options options = given.as(TransactionMetrics.Options.class);
    List<Payment> payments = inputs.of("payments", Payment.class);
    Function<Payment, List<String>> channel =
        payment ->
            List.of(
                text(
                    options.getBankOf() == BankOf.payee
                        ? payment.payeeBank()
                        : payment.payerBank()),
                text(payment.app()),
                text(payment.kind()));
    return Map.of(
        "metrics",
        rows(Box.fill(payments, channel, options), options.getFailureCodes()),
        "totals",
        rows(Box.running(payments, channel, options), options.getFailureCodes()));
  }

  private static String text(Object name) {
    return Objects.toString(name, "unknown");
  }

  private static List<String> rows(Map<Box<List<String>>, List<Payment>> boxes, int codes) {
    List<String> rows = new ArrayList<>();
    boxes.forEach(
        (box, of) ->
            rows.add(
                """
                {"bank":"%s","app":"%s","kind":"%s",%s,%s,%s,%s}"""
                    .formatted(
                        box.key().get(0),
                        box.key().get(1),
                        box.key().get(2),
                        box.window(),
                        numbers(of),
                        failures(of, codes),
                        LatencyColumns.of(
                            of.stream()
                                .map(Payment::latencyMillis)
                                .filter(Objects::nonNull)
                                .sorted()
                                .toList()))));
    return rows;
  }

  private static String numbers(List<Payment> of) {
    long succeeded = count(of, Status.SUCCESS);
    long decided = of.size() - count(of, Status.PENDING);
    return """
        "payments":%d,"succeeded":%d,"failed":%d,"pending":%d,"reversed":%d,"success_rate":%s,\
        "attempted_minor":%d,"value_minor":%d"""
        .formatted(
            of.size(),
            succeeded,
            count(of, Status.FAILED),
            count(of, Status.PENDING),
            count(of, Status.REVERSED),
            decided == 0 ? null : 1.0 * succeeded / decided,
            of.stream().mapToLong(Payment::amountMinor).sum(),
            of.stream()
                .filter(payment -> payment.status() == Status.SUCCESS)
                .mapToLong(Payment::amountMinor)
                .sum());
  }

  private static long count(List<Payment> of, Status status) {
    return of.stream().filter(payment -> payment.status() == status).count();
  }

  private static String failures(List<Payment> of, int codes) {
    TreeMap<String, Integer> byCode = new TreeMap<>();
    for (Payment payment : of) {
      if (payment.status() == Status.FAILED) {
        byCode.merge(text(payment.failureCode()), 1, Integer::sum);
      }
    }
    List<String> listed = new ArrayList<>(byCode.keySet());
    listed = new ArrayList<>(listed.subList(0, Math.min(codes, listed.size())));
    int others = byCode.values().stream().mapToInt(Integer::intValue).sum();
    for (String code : listed) {
      others -= byCode.get(code);
    }
    listed.sort(
        (a, b) ->
            byCode.get(a).equals(byCode.get(b)) ? a.compareTo(b) : byCode.get(b) - byCode.get(a));
    return "\"failures\":[%s],\"other_failures\":%d"
        .formatted(
            String.join(
                ",",
                listed.stream()
                    .map(
                        code ->
                            "{\"code\":\"%s\",\"payments\":%d}".formatted(code, byCode.get(code)))
                    .toList()),
            others);
  }
}
