package dhara.parity.payments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.payments.Payment;
import dhara.pipelines.payments.Payment.Kind;
import dhara.pipelines.payments.Payment.Status;
import dhara.pipelines.payments.TransactionMetrics;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Outages are where they were planted; what is counted; what cannot be a payment. */
class TransactionMetricsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> TRANSACTIONS = Analysis.all().get("transaction-metrics");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anOutageIsSeenInEachMinuteOfItsBankAndInNoOther(long seed) throws JsonProcessingException {
    int count = 6_000;
    Set<String> planted = new TreeSet<>();
    TRANSACTIONS
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("outage"))
        .forEach(
            given ->
                planted.add(
                    ((Payment) given.event()).payerBank()
                        + " "
                        + given.event().at().truncatedTo(ChronoUnit.MINUTES)));
    Map<String, long[]> minutes = new TreeMap<>();
    Set<String> slow = new TreeSet<>();
    for (String metric :
        Oracle.settled(TRANSACTIONS, Inputs.of(TRANSACTIONS, seed, count), List.of())
            .get("metrics")) {
      JsonNode row = JSON.readTree(metric);
      String minute =
          row.get("bank").asText() + " " + Instant.parse(row.get("window_start").asText());
      long[] sums = minutes.computeIfAbsent(minute, key -> new long[2]);
      sums[0] += row.get("succeeded").asLong();
      sums[1] += row.get("payments").asLong() - row.get("pending").asLong();
      if (row.get("p50_millis").asDouble() > 3_000) {
        slow.add(minute);
      }
    }
    Set<String> failing = new TreeSet<>();
    minutes.forEach(
        (minute, sums) -> {
          if (sums[1] > 20 && sums[0] < 0.6 * sums[1]) {
            failing.add(minute);
          }
        });

    assertThat(planted.size(), is(greaterThan(8)));
    assertThat(failing, is(planted));
    assertThat(slow, is(planted));
  }

  private static Payment payment(
      String id, Status status, @Nullable String code, long minor, @Nullable Long millis) {
    return new Payment(
        id, START, "a", "b", "SBI", "HDFC", "GPay", Kind.P2P, minor, status, code, millis, null,
        null, null, null);
  }

  private static List<Payment> eight() {
    return List.of(
        payment("1", Status.SUCCESS, null, 100, 10L),
        payment("2", Status.FAILED, "U30", 20, 30L),
        payment("3", Status.FAILED, null, 30, null),
        payment("4", Status.FAILED, "Z9", 40, 20L),
        payment("5", Status.PENDING, null, 1, null),
        payment("6", Status.REVERSED, null, 200, null),
        payment("7", Status.FAILED, "Z9", 40, null),
        payment("8", Status.SUCCESS, null, 300, 40L));
  }

  private static Map<String, List<String>> settled(List<String> options) {
    return Oracle.settled(TRANSACTIONS, Inputs.of(TRANSACTIONS.inputs().get(0), eight()), options);
  }

  @Test
  void thePendingAreNotDecidedTheReversedDidNotSucceedAndOnlySuccessesHaveValue() {
    String numbers =
        "\"payments\":8,\"succeeded\":2,\"failed\":4,\"pending\":1,\"reversed\":1,"
            + "\"success_rate\":0.2857142857142857,\"attempted_minor\":731,\"value_minor\":400,"
            + "\"failures\":[{\"code\":\"Z9\",\"payments\":2},{\"code\":\"U30\",\"payments\":1},"
            + "{\"code\":\"unknown\",\"payments\":1}],\"other_failures\":0,"
            + "\"average_millis\":25.0,\"least_millis\":10,\"greatest_millis\":40,"
            + "\"p50_millis\":20.0625,\"p95_millis\":40.0,\"p99_millis\":40.0}";

    Map<String, List<String>> settled = settled(List.of());

    assertThat(
        settled.get("metrics"),
        contains(
            "{\"bank\":\"SBI\",\"app\":\"GPay\",\"kind\":\"P2P\","
                + "\"window_start\":\"2026-01-05T09:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T09:01:00.000Z\","
                + numbers));
    assertThat(
        settled.get("totals"),
        contains(
            "{\"bank\":\"SBI\",\"app\":\"GPay\",\"kind\":\"P2P\","
                + "\"window_start\":\"2026-01-05T00:00:00.000Z\","
                + "\"window_end\":\"2026-01-06T00:00:00.000Z\","
                + numbers));
  }

  @Test
  void codesBeyondTheBoundAreCountedTogether() {
    assertThat(
        settled(List.of("--failureCodes=1", "--bankOf=payee")).get("metrics"),
        contains(
            containsString(
                "\"failures\":[{\"code\":\"U30\",\"payments\":1}],\"other_failures\":3,")));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(
        List.of(
            message(() -> payment("1", Status.SUCCESS, null, 0, null)),
            message(() -> payment("1", Status.SUCCESS, null, 1, -1L)),
            message(() -> payment("1", Status.SUCCESS, null, 1, 604_800_001L))),
        containsInAnyOrder(
            "amountMinor is not above zero: 0",
            "latencyMillis is not within 0 and a week, 604800000: -1",
            "latencyMillis is not within 0 and a week, 604800000: 604800001"));
    assertThat(
        assertThrows(
                BadOption.class,
                () -> Oracle.options(new TransactionMetrics(), List.of("--failureCodes=0")))
            .getMessage(),
        containsString("--failureCodes=0"));
  }

  private static String message(Runnable making) {
    return assertThrows(IllegalArgumentException.class, making::run).getMessage();
  }
}
