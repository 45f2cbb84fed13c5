package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where contestants live: each engine has its own module, and so a class path of its own. The
 * commands have the class paths of the runners' modules, with nothing of the benchmarks in them.
 */
public enum ClassPath {
  /** Plain Java, and Beam's direct runner. */
  PLAIN(".", "", ""),
  /** Flink, with what the Flink runner's module opens. */
  FLINK("flink", Opened.FLINK, ""),
  /** Spark, with what Spark's own launcher opens. */
  SPARK("spark", Opened.SPARK, ""),
  /** A backfill on the direct runner, as {@code bin/dhara} starts it. */
  DIRECT_COMMAND(
      "../runners/direct",
      "java.lang",
      "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:InitialRAMPercentage=16 -XX:NewRatio=1"),
  /** A backfill on Flink, as {@code bin/dhara} starts it. */
  FLINK_COMMAND("../runners/flink", Opened.FLINK, Tuned.LARGE),
  /** A backfill on Spark, as {@code bin/dhara} starts it. */
  SPARK_COMMAND("../runners/spark", Opened.SPARK, Tuned.LARGE);

  /** The packages that engines need open. */
  private static final class Opened {
    static final String FLINK = "java.lang java.util";
    static final String SPARK =
        "java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util "
            + "java.util.concurrent java.util.concurrent.atomic jdk.internal.ref sun.nio.ch "
            + "sun.nio.cs sun.security.action sun.util.calendar";
  }

  /** Flags of the JVM for backfills on engines that take any number of events. */
  private static final class Tuned {
    static final String LARGE =
        "-XX:+UseParallelGC -XX:Tier4InvocationThreshold=50000 "
            + "-XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 "
            + "-XX:Tier4BackEdgeThreshold=400000";
  }

  private final String module;
  private final String opened;
  private final String tuned;

  ClassPath(String module, String opened, String tuned) {
    this.module = module;
    this.opened = opened;
    this.tuned = tuned;
  }

  /** The flags that its engine needs, and those that the command is started with. */
  public List<String> flags() {
    return Stream.concat(
            words(opened).map(each -> "--add-opens=java.base/" + each + "=ALL-UNNAMED"),
            words(tuned))
        .toList();
  }

  private static Stream<String> words(String text) {
    return Stream.of(text.split(" ")).filter(each -> !each.isEmpty());
  }

  /**
   * The class path.
   *
   * @param benchmarks the folder of the benchmarks' module
   * @throws IOException where the module was not built
   */
  public String read(Path benchmarks) throws IOException {
    Path target = benchmarks.resolve(module).resolve("target").normalize();
    Path list = target.resolve("classpath");
    if (!Files.exists(list)) {
      throw new IOException(
          "there is no "
              + list
              + "; build it with mvn compile -Pbenchmarks, as benchmarks/run does");
    }
    return target.resolve("classes") + ":" + Files.readString(list).strip();
  }
}
