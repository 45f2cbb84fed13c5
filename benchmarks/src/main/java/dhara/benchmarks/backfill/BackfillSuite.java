package dhara.benchmarks.backfill;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Backfills as people run them: a command that reads files and writes its answers to files, from
 * the start of its process to its exit.
 */
@AutoService(Suite.class)
public final class BackfillSuite implements Suite {

  private static final String COMMAND = Dhara.class.getName();
  private static final String HERE = "dhara.benchmarks.backfill.";

  private static final Entrant DHARA_DIRECT =
      Entrant.command(
          "dhara-direct",
          "Dhara's command on Beam's direct runner",
          ClassPath.DIRECT_COMMAND,
          COMMAND,
          new DharaCommand());
  private static final Entrant DHARA_FLINK =
      Entrant.command(
          "dhara-flink",
          "Dhara's command on embedded Flink",
          ClassPath.FLINK_COMMAND,
          COMMAND,
          new DharaCommand());
  private static final Entrant DHARA_SPARK =
      Entrant.command(
          "dhara-spark",
          "Dhara's command on Spark in its process",
          ClassPath.SPARK_COMMAND,
          COMMAND,
          new DharaCommand());
  private static final Entrant DUCKDB =
      Entrant.command(
          "duckdb",
          "DuckDB in a Java process, through JDBC: one table, three queries",
          ClassPath.PLAIN,
          DuckDb.class.getName(),
          new PeerCommand());
  private static final Entrant FLINK =
      Entrant.command(
          "flink",
          "a DataStream program in batch mode, tuned: FileSource with segments of large files,"
              + " parsers and serializers by hand, object reuse, Flink's windows, FileSink",
          ClassPath.FLINK,
          HERE + "FlinkBackfill",
          new PeerCommand());
  private static final Entrant SPARK =
      Entrant.command(
          "spark",
          "Spark SQL, local, tuned: a schema, one shuffle partition a core, the events kept"
              + " between three queries",
          ClassPath.SPARK,
          HERE + "SparkBackfill",
          new PeerCommand());
  private static final Entrant PLAIN_JAVA =
      Entrant.command(
          "plain-java",
          "no engine: one thread, Dhara's parsers, hash maps, all events in memory; the limit of"
              + " one core",
          ClassPath.PLAIN,
          PlainJava.class.getName(),
          new PeerCommand());

  private static final List<Entrant> BESIDE_FLINK =
      List.of(FLINK, DHARA_FLINK, DHARA_DIRECT, DHARA_SPARK, SPARK, DUCKDB, PLAIN_JAVA);
  private static final List<Entrant> BESIDE_DUCKDB =
      List.of(DUCKDB, DHARA_DIRECT, DHARA_FLINK, DHARA_SPARK, FLINK, SPARK, PLAIN_JAVA);

  /** The programs that can spill what they cannot hold in memory. */
  private static final List<Entrant> OF_ANY_SIZE =
      List.of(FLINK, DHARA_FLINK, DHARA_SPARK, SPARK, DUCKDB);

  private static final Map<String, String> DENSE = rows("json", false, 1);
  private static final Map<String, String> SPARSE = rows("csv", true, 1);

  /** Found by {@link java.util.ServiceLoader}. */
  public BackfillSuite() {}

  @Override
  public String name() {
    return "backfill";
  }

  @Override
  public int order() {
    return 0;
  }

  @Override
  public List<Work> works() {
    String dense = "Orders of a busy shop, fifty rows in each second, in one file of JSON lines";
    String sparse = "Orders of four months, with rows in one minute of ten";
    return List.of(
        work(
            "backfill-sparse-csv", sparse + ", in one CSV file.", 1_000_000, SPARSE, BESIDE_DUCKDB),
        work(
            "backfill-sparse-csv-all",
            "The same rows, and all copies count: --unique=false.",
            1_000_000,
            with(SPARSE, "unique", "false"),
            BESIDE_DUCKDB),
        work(
            "backfill-small-files",
            "The same rows in 1,200 CSV files.",
            1_000_000,
            with(SPARSE, "files", "1200"),
            BESIDE_DUCKDB),
        work(
            "backfill-gzip",
            "The same rows in 12 compressed CSV files.",
            1_000_000,
            with(with(SPARSE, "files", "12"), "gzip", "true"),
            BESIDE_DUCKDB),
        point(
            "backfill-start", dense + ": so few that only the start counts.", 3_000, BESIDE_FLINK),
        point("backfill-100k", dense + ".", 100_000, BESIDE_FLINK),
        point("backfill-1m", dense + ".", 1_000_000, BESIDE_FLINK),
        point("backfill-dense-json", dense + ".", 10_000_000, BESIDE_FLINK),
        point("backfill-100m", dense + ".", 100_000_000, OF_ANY_SIZE),
        work(
            "backfill-dense-json-all",
            "The rows of backfill-dense-json, and all copies count: --unique=false.",
            10_000_000,
            with(DENSE, "unique", "false"),
            BESIDE_FLINK));
  }

  private static Work point(String name, String about, long rows, List<Entrant> entrants) {
    return work(name, about, rows, DENSE, entrants).at(Work.Point.events("backfill"));
  }

  private static Work work(
      String name,
      String about,
      long rows,
      Map<String, String> parameters,
      List<Entrant> entrants) {
    return Work.of(name, about, rows, parameters, entrants)
        .in((task, classPaths, folder) -> written(task, folder));
  }

  /** Writes the files of a work. */
  static Work.Prepared written(Task task, Path folder) throws IOException {
    Path events = folder.resolve("orders");
    long copies = OrderFiles.of(task).write(events);
    return new Work.Prepared(
        Map.of("events", events.toString(), "copies", Long.toString(copies)), () -> {});
  }

  private static Map<String, String> rows(String format, boolean sparse, int files) {
    return Map.of(
        "seed",
        "1",
        "format",
        format,
        "sparse",
        Boolean.toString(sparse),
        "files",
        Integer.toString(files),
        "gzip",
        "false",
        "unique",
        "true");
  }

  private static Map<String, String> with(
      Map<String, String> parameters, String name, String value) {
    Map<String, String> changed = new HashMap<>(parameters);
    changed.put(name, value);
    return Map.copyOf(changed);
  }
}
