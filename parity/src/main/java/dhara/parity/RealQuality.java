package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quality of real files, from the books of the runs that read them. */
interface RealQuality {

  /** Of an access log: some lines are no requests, and some are there twice. */
  @Test
  default void theQualityOfAnAccessLogIsThatOfItsBooks(@TempDir Path folder) throws IOException {
    qualityIsThatOfTheBooks(
        folder,
        List.of(
            "event-metrics",
            "--events="
                + RealData.data().resolve("apache_logs/apache_logs.gz")
                + "?format=csv&delimiter=%20"
                + "&columns=ip,ident,auth,time,zone,request,status,bytes,referrer,agent",
            "--map=" + RealData.repository().resolve("mappings/apache-requests.map")));
  }

  /** Of the invoices of a shop: some lines are there twice, and a few prices cannot be. */
  @Test
  default void theQualityOfInvoicesIsThatOfTheirBooks(@TempDir Path folder) throws IOException {
    qualityIsThatOfTheBooks(
        folder,
        List.of(
            "order-metrics",
            "--events=" + RealData.data().resolve("online_retail/by-day") + "/*.csv.gz",
            "--map=" + RealData.repository().resolve("mappings/online-retail.map")));
  }

  /** Rows as a stream writes them; 1785240000123007 is 2026-07-28T12:00:00.123007Z. */
  @Test
  default void theBooksOfAStreamAreReadByTheMapping(@TempDir Path folder) throws IOException {
    Path ledger = folder.resolve("ledger.jsonl");
    Files.writeString(
        ledger,
        """
        {"input":"orders","revision":1785240000123007,"read":100,"aggregated":95,\
        "dead_lettered":4,"late":1,"duplicate":0,"filtered":0,"parsed":96,"in_range":95}
        """);
    Path dead = folder.resolve("dead.jsonl");
    Files.writeString(
        dead,
        """
        {"input":"orders","reason":"MISSING_FIELD","text":"id is missing","source":"kafka://orders",\
        "position":"partition=3 offset=77","seen_at":"2026-07-28T12:00:01.000Z","bytes":"e30=",\
        "records":4,"last_position":"partition=3 offset=80"}
        """);
    Path late = folder.resolve("late.jsonl");
    Files.writeString(
        late,
        """
        {"input":"orders","id":"L1","at":"2026-07-28T12:00:30.000Z","late_millis":700000,\
        "source":"kafka://orders","position":"partition=3 offset=81"}
        """);

    Path out = folder.resolve("out");
    Command.done(
        List.of(
            "data-quality",
            "--events=ledger=" + ledger,
            "--events=dead-letters=" + dead,
            "--events=late=" + late,
            "--map=" + RealData.repository().resolve("mappings/books.map"),
            "--answers=files:" + out));

    assertThat(lines(out.resolve("quality")).size(), is(1));
    assertThat(
        lines(out.resolve("quality")).get(0),
        containsString(
            "\"window_start\":\"2026-07-28T12:00:00.000Z\",\"window_end\":\"2026-07-28T12:01:00.000Z\","
                + "\"revision\":0,\"score\":95.0,\"valid_share\":0.95,\"volume_share\":1.0,\"records\":100,"
                + "\"expected\":null,\"dead_letters\":4,\"late\":1,\"duplicates\":0,\"missed\":1,\"null_ids\":4,"
                + "\"invalid_times\":0,\"reasons\":[{\"reason\":\"MISSING_FIELD\",\"records\":4}]"));
  }

  private static void qualityIsThatOfTheBooks(Path folder, List<String> run) throws IOException {
    Path books = folder.resolve("books");
    Command.done(Command.line(run, List.of("--maxDeadLetters=1000", "--answers=files:" + books)));
    JsonNode ledger = new ObjectMapper().readTree(lines(books.resolve("ledger")).get(0));
    List<String> dead = lines(books.resolve("dead-letters"));
    Map<String, Long> reasons = new TreeMap<>();
    Map<Instant, Long> perMinute = new TreeMap<>();
    for (String line : dead) {
      JsonNode row = new ObjectMapper().readTree(line);
      long records = row.get("records").isNull() ? 1 : row.get("records").asLong();
      reasons.merge(row.get("reason").asText(), records, Long::sum);
      Instant seen = Instant.parse(row.get("seen_at").asText());
      perMinute.merge(seen.truncatedTo(ChronoUnit.MINUTES), records, Long::sum);
    }
    Instant minute = Instant.parse("2026-01-05T09:00:00Z");

    Path out = folder.resolve("out");
    Command judged =
        Command.done(
            List.of(
                "data-quality",
                "--events=ledger=" + books.resolve("ledger") + "/*.jsonl",
                "--events=dead-letters=" + books.resolve("dead-letters") + "/*.jsonl",
                "--map=ledger.id={input}/{revision},ledger.at='"
                    + minute
                    + "'"
                    + ",dead-letters.id={source}/{position},dead-letters.at=seen_at",
                "--answers=files:" + out));

    long bad = 0;
    for (String exit : List.of("dead_lettered", "late", "duplicate")) {
      bad += ledger.get(exit).asLong();
    }
    assertThat(judged.err(), containsString("dead-letters: read %,d ".formatted(dead.size())));
    Map<String, Long> found = new TreeMap<>();
    Map<Instant, Long> foundPerMinute = new TreeMap<>();
    List<JsonNode> counted = new ArrayList<>();
    for (String line : lines(out.resolve("quality"))) {
      JsonNode row = new ObjectMapper().readTree(line);
      Instant start = Instant.parse(row.get("window_start").asText());
      for (JsonNode reason : row.get("reasons")) {
        long records = reason.get("records").asLong();
        found.merge(reason.get("reason").asText(), records, Long::sum);
        foundPerMinute.merge(start, records, Long::sum);
      }
      if (row.get("records").asLong() > 0) {
        counted.add(row);
      }
    }
    System.err.printf(
        "%s: read %s, bad %,d, reasons %s%n", run.get(0), ledger.get("read"), bad, found);
    assertThat(found, is(reasons));
    assertThat(foundPerMinute, is(perMinute));
    assertThat(bad, is(greaterThan(0L)));
    assertThat(counted.size(), is(1));
    JsonNode row = counted.get(0);
    long read = ledger.get("read").asLong();
    assertThat(row.get("window_start").asText(), is("2026-01-05T09:00:00.000Z"));
    assertThat(row.get("records").asLong(), is(read));
    assertThat(row.get("duplicates"), is(ledger.get("duplicate")));
    assertThat(
        "%.4f".formatted(row.get("score").asDouble()),
        is("%.4f".formatted(100.0 * (read - bad) / read)));
  }

  private static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
