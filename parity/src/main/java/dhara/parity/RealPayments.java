package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.payments.FraudRule;
import dhara.pipelines.payments.Payment;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The decisions about payments of others, which are not in the project: {@code -Ddhara.data=FOLDER}
 * names their folder. A runner's module extends this without additions.
 *
 * <p>Both sets mark frauds. How many of them the rules stop, and how many other payments, is
 * printed and not asserted: neither set has places and devices of payments, which most rules are
 * about.
 */
public abstract class RealPayments {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Days of simulated transfers between accounts start here; cards were used later. */
  private static final Instant FIRST_DAY = Instant.parse("2020-01-01T00:00:00Z");

  /** Rules for amounts and rates like those of these sets. */
  private static final List<FraudRule> RULES =
      List.of(
          new FraudRule("R1", FIRST_DAY, FraudRule.Name.high_amount, 30_000, 0.4),
          new FraudRule("R2", FIRST_DAY, FraudRule.Name.high_velocity_1h, 1, 0.4));

  @Test
  void cardTransactionsAreDecidedAsTheNaiveSearchDecides(@TempDir Path folder) throws IOException {
    Path file = RealData.data().resolve("aws_fraud/transaction_data_2K_coldstart.csv");
    List<Payment> payments = new ArrayList<>();
    Set<String> frauds = new HashSet<>();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = RealData.cells(line);
      Payment payment = card(cells);
      payments.add(payment);
      if (cells.get(0).equals("1")) {
        frauds.add(payment.id());
      }
    }

    List<String> decisions =
        decided(
            folder,
            payments,
            "--events=" + file,
            "--map=" + RealData.repository().resolve("mappings/aws-card-transactions.map"));

    report("card transactions", decisions, frauds);
  }

  @Test
  void cardTransactionsAreCountedAsTheNaiveCountCounts(@TempDir Path folder) throws IOException {
    Path file = RealData.data().resolve("aws_fraud/transaction_data_2K_coldstart.csv");
    List<String> lines = Files.readAllLines(file);
    List<Payment> payments =
        lines.subList(1, lines.size()).stream().map(line -> card(RealData.cells(line))).toList();
    List<String> options = List.of("--window=PT24H", "--since=ever");
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            Command.line(
                List.of(
                    "transaction-metrics",
                    "--events=" + file,
                    "--map=" + RealData.repository().resolve("mappings/aws-card-transactions.map"),
                    "--answers=files:" + out),
                options));

    assertThat(
        run.err(),
        containsString("payments: read %1$,d = aggregated %1$,d ".formatted(payments.size())));
    Analysis<?> analysis = Analysis.all().get("transaction-metrics");
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), payments), options);
    for (String output : oracle.keySet()) {
      assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
    }
    JsonNode total = JSON.readTree(oracle.get("totals").get(0));
    assertThat(total.get("payments").asInt(), is(payments.size()));
    System.err.printf("card transactions: %,d, in minor units %s%n", payments.size(), total);
  }

  private static Payment card(List<String> cells) {
    return payment(
        cells.get(3),
        Instant.parse(cells.get(1)),
        cells.get(5),
        cells.get(23),
        Payment.Kind.CARD,
        cells.get(21),
        cells.get(19),
        cells.get(23),
        Double.valueOf(cells.get(12)),
        Double.valueOf(cells.get(13)));
  }

  @Test
  void simulatedTransfersAreDecidedAsTheNaiveSearchDecides(@TempDir Path folder)
      throws IOException {
    Path archive = RealData.data().resolve("amlsim/20K_cycle200.tgz");
    Set<String> flagged = new HashSet<>();
    for (String node : member(archive, "nodes.csv")) {
      List<String> cells = RealData.cells(node);
      if (cells.get(1).equals("1")) {
        flagged.add(cells.get(0));
      }
    }
    assertThat(flagged.size(), greaterThan(0));
    List<Payment> payments = new ArrayList<>();
    Set<String> frauds = new HashSet<>();
    Path csv = folder.resolve("transfers.csv");
    try (Writer out = Files.newBufferedWriter(csv)) {
      out.write("id,at,payer,payee,amount_minor,status\n");
      for (String line : member(archive, "transactions.csv")) {
        List<String> cells = RealData.cells(line);
        // Within a day they are in the order of the lines, a second apart.
        Instant at =
            FIRST_DAY
                .plus(Long.parseLong(cells.get(3)), ChronoUnit.DAYS)
                .plusSeconds(payments.size() % 86_400);
        Payment payment =
            payment(
                "T%06d".formatted(payments.size()),
                at,
                cells.get(0),
                cells.get(1),
                null,
                cells.get(2),
                null,
                null,
                null,
                null);
        payments.add(payment);
        if (flagged.contains(payment.payer()) && flagged.contains(payment.payee())) {
          frauds.add(payment.id());
        }
        out.write(
            "%s,%s,%s,%s,%d,SUCCESS%n"
                .formatted(
                    payment.id(), at, payment.payer(), payment.payee(), payment.amountMinor()));
      }
    }

    report("simulated transfers", decided(folder, payments, "--events=" + csv), frauds);
  }

  private static Payment payment(
      String id,
      Instant at,
      String payer,
      String payee,
      Payment.@Nullable Kind kind,
      String amount,
      String device,
      String merchant,
      Double lat,
      Double lon) {
    return new Payment(
        id,
        at,
        payer,
        payee,
        null,
        null,
        null,
        kind,
        new BigDecimal(amount).movePointRight(2).longValueExact(),
        Payment.Status.SUCCESS,
        null,
        null,
        device,
        merchant,
        lat,
        lon);
  }

  /** The decisions of a run without findings, which equal those of the oracle. */
  private static List<String> decided(Path folder, List<Payment> payments, String... options)
      throws IOException {
    Path out = folder.resolve("out");
    Path rules = folder.resolve("rules.csv");
    List<String> rows = new ArrayList<>(List.of("id,at,rule,threshold,weight"));
    for (FraudRule rule : RULES) {
      rows.add(
          "%s,%s,%s,%s,%s"
              .formatted(rule.id(), rule.at(), rule.rule(), rule.threshold(), rule.weight()));
    }
    Files.write(rules, rows);
    Command run =
        Command.done(
            Command.line(
                List.of("fraud", "--answers=files:" + out, "--events=rules=" + rules),
                List.of(options)));

    assertThat(
        run.err(),
        containsString("payments: read %1$,d = aggregated %1$,d ".formatted(payments.size())));
    List<String> decisions = SettledAnswers.in(out.resolve("decisions"));
    assertThat(
        decisions,
        is(
            Oracle.settled(
                    Analysis.all().get("fraud"),
                    new Inputs(
                        Map.of(
                            "payments",
                            payments,
                            "labels",
                            List.of(),
                            "rules",
                            RULES,
                            "models",
                            List.of())),
                    List.of())
                .get("decisions")));
    return decisions;
  }

  private static void report(String what, List<String> decisions, Set<String> frauds)
      throws IOException {
    Map<String, Long> reasons = new TreeMap<>();
    Map<Boolean, Long> stopped = new HashMap<>();
    for (String line : decisions) {
      JsonNode decision = JSON.readTree(line);
      if (!decision.get("action").asText().equals("ALLOW")) {
        stopped.merge(frauds.contains(decision.get("payment").asText()), 1L, Long::sum);
      }
      decision.get("reasons").forEach(reason -> reasons.merge(reason.asText(), 1L, Long::sum));
    }
    System.err.printf(
        "%s: of %,d marked as fraud, %,d were stopped; of %,d others, %,d; reasons %s%n",
        what,
        frauds.size(),
        stopped.getOrDefault(true, 0L),
        decisions.size() - frauds.size(),
        stopped.getOrDefault(false, 0L),
        reasons);
  }

  /** The lines of a file in a gzipped tar archive, without the first. */
  private static List<String> member(Path archive, String name) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(archive))) {
      for (byte[] header = in.readNBytes(512); header.length == 512; header = in.readNBytes(512)) {
        String path = text(header, 0, 100);
        if (path.isEmpty()) {
          break;
        }
        long size = Long.parseLong(text(header, 124, 12).trim(), 8);
        if (path.endsWith("/" + name)) {
          String content = new String(in.readNBytes(Math.toIntExact(size)), StandardCharsets.UTF_8);
          return content.lines().skip(1).toList();
        }
        in.skipNBytes((size + 511) / 512 * 512);
      }
    }
    throw new AssertionError(archive + " holds no " + name);
  }

  private static String text(byte[] header, int from, int most) {
    String text = new String(header, from, most, StandardCharsets.US_ASCII);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
