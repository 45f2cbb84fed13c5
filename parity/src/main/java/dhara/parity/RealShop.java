package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The customers of a real shop, from its invoices: each line is a purchase. Nothing else that they
 * did is known, so the funnel has only its last step, and demand comes from purchases alone.
 */
interface RealShop {

  /**
   * Users of the first cohorts in the months since, of this data set, as cohort tables of it that
   * others have published show them.
   */
  Map<String, List<Long>> PUBLISHED =
      Map.of(
          "2010-12", List.of(948L, 362L, 317L, 367L, 341L, 376L, 360L, 336L, 336L),
          "2011-01", List.of(421L, 101L, 119L, 102L, 138L, 126L, 110L, 108L),
          "2011-02", List.of(380L, 94L, 73L, 106L, 102L, 94L, 97L),
          "2011-03", List.of(440L, 84L, 112L, 96L, 102L, 78L),
          "2011-04", List.of(299L, 68L, 66L, 63L, 62L));

  @Test
  default void cohortsOfARealShopAreThoseThatOthersPublishedAndThoseOfANaiveRecomputation(
      @TempDir Path folder) throws IOException {
    Invoices invoices = Invoices.of("");
    ZoneId london = ZoneId.of("Europe/London");

    List<String> rows =
        invoices.equal(folder, "retention", "--timeZone=Europe/London").get("retention");

    Map<String, YearMonth> first = new HashMap<>();
    Map<YearMonth, Set<String>> active = new TreeMap<>();
    for (Activity purchase : invoices.purchases) {
      YearMonth month = YearMonth.from(purchase.at().atZone(london));
      first.merge(purchase.user(), month, (a, b) -> a.isBefore(b) ? a : b);
      active.computeIfAbsent(month, m -> new TreeSet<>()).add(purchase.user());
    }
    Map<String, Long> naive = new TreeMap<>();
    active.forEach(
        (month, users) ->
            users.forEach(user -> naive.merge(first.get(user) + " " + month, 1L, Long::sum)));
    Map<String, Long> ours = new TreeMap<>();
    Map<String, List<Long>> cohorts = new TreeMap<>();
    for (String row : rows) { // in the order of cohorts and months
      JsonNode cell = new ObjectMapper().readTree(row);
      String cohort = cell.get("cohort").asText();
      long users = cell.get("users").asLong();
      ours.put(cohort + " " + cell.get("month").asText(), users);
      cohorts.computeIfAbsent(cohort, c -> new ArrayList<>()).add(users);
    }
    assertThat(ours, is(naive));
    PUBLISHED.forEach((cohort, users) -> assertThat(cohort, cohorts.get(cohort), is(users)));
  }

  @Test
  default void conversionOfARealShopEqualsANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Invoices invoices = Invoices.of("");

    List<String> rows = invoices.equal(folder, "conversion", "--by=city").get("conversion");

    long orders = 0;
    BigDecimal revenue = BigDecimal.ZERO;
    for (String row : rows) {
      JsonNode visits = new ObjectMapper().readTree(row);
      orders += visits.get("orders").asLong();
      revenue = revenue.add(visits.get("revenue_minor").decimalValue());
      assertThat(visits.get("conversion_percent").asDouble(), is(100.0));
    }
    assertThat(
        revenue,
        is(
            invoices.purchases.stream()
                .map(purchase -> BigDecimal.valueOf(purchase.amountMinor()))
                .reduce(BigDecimal.ZERO, BigDecimal::add)));
    System.err.printf(
        "orders, by user and moment: %,d; invoices: %,d%n",
        orders, invoices.purchases.stream().map(Activity::session).distinct().count());
  }

  @Test
  default void demandInARealShopEqualsANaiveRecomputation(@TempDir Path folder) throws IOException {
    Invoices invoices = Invoices.of("2010-12-0");

    List<String> rows =
        invoices.equal(folder, "product-demand", "--window=PT30M", "--every=PT10M").get("demand");

    Map<String, Double> most = new TreeMap<>();
    for (String row : rows) {
      JsonNode demand = new ObjectMapper().readTree(row);
      most.merge(demand.get("product").asText(), demand.get("demand").asDouble(), Math::max);
    }
    System.err.printf(
        "products: %,d; the greatest demand: %s%n",
        most.size(), most.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow());
  }

  @Test
  default void recommendationsInARealShopEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    Invoices invoices = Invoices.of("2010-12-0");

    List<String> rows =
        invoices
            .equal(folder, "recommendations", "--tableEvery=P1D", "--hitWithin=P7D")
            .get("hits");

    long requests = 0;
    long hits = 0;
    long popular = 0;
    for (String row : rows) {
      JsonNode day = new ObjectMapper().readTree(row);
      requests += day.get("requests").asLong();
      hits += day.get("hits").asLong();
      popular += day.get("popular_hits").asLong();
    }
    System.err.printf(
        "of %,d recommendations %,d were right, and %,d by popularity alone%n",
        requests, hits, popular);
  }

  /** The lines with a customer, read without any of the tested code. */
  final class Invoices {

    private final String files;
    private final List<Activity> purchases = new ArrayList<>();
    private final Set<List<String>> seen = new HashSet<>();
    private long lines;
    private long dead;

    private Invoices(String files) {
      this.files = files;
    }

    /**
     * Reads files.
     *
     * @param prefix of their names
     */
    static Invoices of(String prefix) throws IOException {
      Path folder = RealData.data().resolve("online_retail/by-day");
      Invoices invoices = new Invoices(folder + "/" + prefix + "*.csv.gz");
      try (Stream<Path> all = Files.list(folder)) {
        for (Path file : all.sorted().toList()) {
          if (file.getFileName().toString().startsWith(prefix)) {
            RealData.unpacked(file).stream()
                .skip(1)
                .forEach(line -> invoices.line(RealData.cells(line)));
          }
        }
      }
      return invoices;
    }

    private void line(List<String> cells) {
      lines++;
      BigDecimal pence = new BigDecimal(cells.get(5)).movePointRight(2).stripTrailingZeros();
      if (cells.get(6).isEmpty() || pence.scale() > 0 || pence.signum() < 0) {
        dead++;
      } else if (seen.add(cells)) {
        purchases.add(
            new Activity(
                id(cells),
                at(cells.get(4)),
                cells.get(6),
                cells.get(0),
                Activity.Kind.PURCHASE,
                cells.get(1),
                null,
                null,
                pence.longValueExact(),
                null,
                null,
                null,
                cells.get(7),
                null));
      }
    }

    /** All cells; in a template of a mapping what it has between them is marked within them. */
    private static String id(List<String> cells) {
      return cells.stream()
          .map(cell -> cell.replace("\\", "\\\\").replace("/", "\\/"))
          .collect(Collectors.joining("/"));
    }

    private static Instant at(String local) {
      return LocalDateTime.parse(local.replace(' ', 'T'))
          .atZone(ZoneId.of("Europe/London"))
          .toInstant();
    }

    /** The answers of an analysis, which the command and the oracle give alike. */
    Map<String, List<String>> equal(Path folder, String name, String... options)
        throws IOException {
      Path out = folder.resolve("out");
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  name,
                  "--events=activities=" + files,
                  "--map=" + RealData.repository().resolve("mappings/online-retail-purchases.map"),
                  "--maxDeadLetters=100000",
                  "--answers=files:" + out));
      arguments.addAll(List.of(options));

      Command run = Command.done(arguments);

      assertThat(
          run.err(),
          containsString(
              "read %,d = aggregated %,d + dead-lettered %,d + late 0 + duplicate %,d "
                  .formatted(lines, purchases.size(), dead, lines - dead - purchases.size())));
      Analysis<?> analysis = Analysis.all().get(name);
      Map<String, List<? extends Record>> inputs = new HashMap<>();
      analysis.inputs().forEach(input -> inputs.put(input.name(), List.of()));
      inputs.put("activities", purchases);
      Map<String, List<String>> oracle =
          Oracle.settled(analysis, new Inputs(inputs), List.of(options));
      for (String output : oracle.keySet()) {
        assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle.get(output)));
      }
      System.err.printf(
          "%s: %,d purchases, %,d users%n",
          name, purchases.size(), purchases.stream().map(Activity::user).distinct().count());
      return oracle;
    }
  }
}
