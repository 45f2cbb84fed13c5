package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dhara.formats.text.CsvLine;
import dhara.testkit.Command;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The figures of docs/training.md: {@code -Ddhara.figures=true} prints the cards of models, and
 * {@code -Ddhara.data=FOLDER} those of other people's payments too. They take some minutes.
 *
 * <p>Figures are printed and not asserted, because a good figure on one set says little of another.
 */
@EnabledIfSystemProperty(named = "dhara.figures", matches = "true")
class TrainingFiguresTest {

  private static final Instant FIRST_DAY = Instant.parse("2020-01-01T00:00:00Z");

  /** The transfers have no time at which they were found. */
  private static final Duration FOUND = Duration.ofDays(7);

  @TempDir Path folder;

  @Test
  void madeUpPayments() throws IOException {
    generate(120_000, 1);

    trained("made up, trees");
    trained("made up, linear", "--kind=linear");
    Files.delete(folder.resolve("rules.jsonl"));
    trained("made up, without what the fraud team knew");
  }

  /** Whether rules and model together are better than each alone on other seeds too. */
  @Test
  void madeUpPaymentsOfManySeeds() throws IOException {
    for (int seed = 2; seed <= 6; seed++) {
      generate(60_000, seed);
      trained("made up, seed " + seed);
    }
  }

  private void generate(int count, int seed) {
    Command.done(
        List.of(
            "generate",
            "fraud",
            "--scenario=compromised-cards",
            "--count=" + count,
            "--seed=" + seed,
            "--out=" + folder));
  }

  @Test
  void labelledCardTransactions() throws IOException {
    List<String> lines =
        Files.readAllLines(data().resolve("aws_fraud/transaction_data_2K_coldstart.csv"));
    List<String> payments = new ArrayList<>(List.of(PAYMENTS + ",device,lat,lon"));
    List<String> labels = new ArrayList<>(List.of(LABELS));
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = CsvLine.texts(line, ',');
      if (!cells.get(0).isEmpty()) { // half of them are not labelled
        payments.add(
            "%s,%s,%s,shop,%s,SUCCESS,,%s,%s"
                .formatted(
                    cells.get(3),
                    cells.get(1),
                    cells.get(5),
                    minor(cells.get(21)),
                    cells.get(12),
                    cells.get(13)));
      }
      if (cells.get(0).equals("1")) {
        labels.add(
            "F%1$s,%2$s,%1$s,shop,%3$s"
                .formatted(
                    cells.get(3),
                    Instant.parse(cells.get(1)).plus(Duration.ofHours(12)),
                    cells.get(1)));
      }
    }
    Files.write(folder.resolve("payments.csv"), payments);
    Files.write(folder.resolve("labels.csv"), labels);

    trained("card transactions", "--labelDelay=P1D", "--depth=2", "--rounds=50");
  }

  @Test
  void simulatedTransfers() throws IOException {
    Path archive = data().resolve("amlsim/20K_cycle200.tgz");
    Set<String> flagged = new HashSet<>();
    for (String node : member(archive, "nodes.csv")) {
      List<String> cells = CsvLine.texts(node, ',');
      if (cells.get(1).equals("1")) {
        flagged.add(cells.get(0));
      }
    }
    assertThat(flagged.size(), greaterThan(0));
    try (Writer payments = Files.newBufferedWriter(folder.resolve("payments.csv"));
        Writer labels = Files.newBufferedWriter(folder.resolve("labels.csv"))) {
      payments.write(PAYMENTS + "\n");
      labels.write(LABELS + "\n");
      int count = 0;
      for (String line : member(archive, "transactions.csv")) {
        List<String> cells = CsvLine.texts(line, ',');
        // Within a day they are in the order of the lines, a second apart.
        Instant at =
            FIRST_DAY
                .plus(Duration.ofDays(Long.parseLong(cells.get(3))))
                .plusSeconds(count % 86_400);
        String id = "T%06d".formatted(count++);
        payments.write(
            "%s,%s,%s,%s,%s,SUCCESS\n"
                .formatted(id, at, cells.get(0), cells.get(1), minor(cells.get(2))));
        if (flagged.contains(cells.get(0)) && flagged.contains(cells.get(1))) {
          labels.write(
              "F%1$s,%2$s,%1$s,none,%3$s\n".formatted(id, at.plus(FOUND).minusMillis(1), at));
        }
      }
    }

    trained("simulated transfers", "--labelDelay=" + FOUND);
  }

  private static final String PAYMENTS = "id,at,payer,payee,amount_minor,status";
  private static final String LABELS = "id,at,payment,merchant,paid_at";

  /** Trains on the files of the folder, and prints the card. */
  private void trained(String what, String... options) {
    List<String> line =
        new ArrayList<>(List.of("train", "fraud", "--out=" + folder.resolve("out")));
    for (String input : List.of("payments", "labels", "rules")) {
      for (String ending : List.of(".csv", ".jsonl")) {
        Path file = folder.resolve(input + ending);
        if (Files.exists(file)) {
          line.add("--events=" + input + "=" + file);
        }
      }
    }
    line.addAll(List.of(options));

    Command command = Command.run(line);

    System.err.printf("== %s %s%n%s%n", what, List.of(options), command.out());
    assertThat(command.err(), command.exit(), is(0));
  }

  private static long minor(String amount) {
    return new BigDecimal(amount).movePointRight(2).longValueExact();
  }

  private static Path data() {
    String named = System.getProperty("dhara.data");
    assumeTrue(named != null, "-Ddhara.data=FOLDER names the folder of other people's payments");
    return Path.of(named);
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
