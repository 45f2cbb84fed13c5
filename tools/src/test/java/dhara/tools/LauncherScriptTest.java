package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts {@code bin/dhara} in a project that has nothing but jars, with a JDK that only echoes. */
class LauncherScriptTest {

  private static final Path SHELL = Path.of("/bin/sh");
  private static final Path SCRIPT = Path.of("../bin/dhara");

  private static final String DIRECT =
      "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:InitialRAMPercentage=16 -XX:NewRatio=1 ";

  private static final String TIERS =
      "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000"
          + " -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000 ";

  private static final String BACKFILL = "-XX:+UseParallelGC " + TIERS;

  @TempDir private Path folder;

  private Path project;

  @BeforeEach
  void makesAProject() throws IOException {
    assumeTrue(Files.isExecutable(SHELL), "needs " + SHELL);
    project = folder.toRealPath().resolve("project");
    Files.createDirectories(project.resolve("bin"));
    Files.copy(SCRIPT, project.resolve("bin/dhara"));
    for (String engine : List.of("direct", "flink")) {
      Path target = Files.createDirectories(project.resolve("runners/" + engine + "/target"));
      Files.createFile(target.resolve("dhara-" + engine + ".jar"));
    }
    executable("tools/readlink", "exec /usr/bin/readlink \"$@\"");
  }

  @Test
  void takesTheDirectRunnerUnlessAnotherEngineIsNamed() throws Exception {
    Path jdk = jdk("21.0.2");

    assertThat(
        run(Map.of("JAVA_HOME", jdk), "candles", "--window=PT5M"),
        is(started("direct", DIRECT, "candles --window=PT5M")));
    assertThat(
        run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles"),
        is(started("flink", BACKFILL, "candles")));
    assertThat(
        run(
            Map.of("JAVA_HOME", jdk, "DHARA_ENGINE", "flink", "DHARA_JAVA_OPTS", "-Xmx4g -Xms1g"),
            "candles"),
        is(started("flink", BACKFILL + "-Xmx4g -Xms1g ", "candles")));
    assertThat(
        run(Map.of("JAVA_HOME", jdk), "--engine=blink", "candles"),
        is("2: dhara: --engine=blink: is no engine; there are direct, flink, spark and dataflow"));
  }

  @Test
  void aCollectorOfTheUsersOwnTakesThePlaceOfThatOfTheScript() throws Exception {
    Path jdk = jdk("17.0.15");
    String own = "-XX:+UseG1GC";

    assertThat(
        run(Map.of("JAVA_HOME", jdk, "DHARA_JAVA_OPTS", own), "candles"),
        is(started("direct", DIRECT.replace("-XX:+UseSerialGC ", "") + own + " ", "candles")));
    assertThat(
        run(Map.of("JAVA_HOME", jdk, "DHARA_JAVA_OPTS", own), "--engine=flink", "candles"),
        is(started("flink", TIERS + own + " ", "candles")));
    for (String readByJava : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      assertThat(
          run(Map.of("JAVA_HOME", jdk, readByJava, own), "--engine=flink", "candles"),
          is(started("flink", TIERS, "candles")));
    }
  }

  @Test
  void aStreamKeepsTheCollectorOfTheJvm() throws Exception {
    Path jdk = jdk("17.0.15");
    for (String source : List.of("kafka://localhost:9092/trades", "pubsub://shop/trades")) {
      assertThat(
          run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles", "--events=" + source),
          is(started("flink", "", "candles --events=" + source)));
    }
  }

  @Test
  void aCommandThatOnlySaysSomethingStartsFast() throws Exception {
    assertThat(
        run(Map.of("JAVA_HOME", jdk("17.0.15")), "help", "candles"),
        is(started("direct", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ", "help candles")));
  }

  @Test
  void preparesAFasterStartOnce() throws Exception {
    Path orders = project.resolve("test-data/order-metrics/orders.jsonl");
    Files.createDirectories(orders.getParent());
    Files.createFile(orders);
    Path archive = project.resolve("runners/flink/target/dhara-flink.jsa");
    Path jdk = jdk("17.0.15");
    executable(
        "jdk-17.0.15/bin/java",
        "case $1 in -XX:ArchiveClassesAtExit=*) echo \"$@\" > ${1#*=}; exit ;; esac; echo \"$@\"");
    String fast =
        started(
            "flink",
            "-XX:SharedArchiveFile=" + archive + " -Xlog:cds=off -Xlog:cds+dynamic=off " + BACKFILL,
            "candles");

    assertThat(
        run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles"),
        is(
            fast.replace(
                "0: ", "0: dhara: preparing a faster start; this takes some seconds, once\n")));
    assertThat(
        Files.readString(archive), containsString(" order-metrics --events=files:" + orders));
    assertThat(run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles"), is(fast));
  }

  @Test
  void triesOnlyOnceToMakeAnArchiveThatCannotBeMade() throws Exception {
    Path orders = project.resolve("test-data/order-metrics/orders.jsonl");
    Files.createDirectories(orders.getParent());
    Files.createFile(orders);
    Path jdk = jdk("17.0.15");
    executable(
        "jdk-17.0.15/bin/java",
        "case $1 in -XX:ArchiveClassesAtExit=*) echo no room; exit 1 ;; esac; echo \"$@\"");

    assertThat(
        run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles"),
        is(
            "0: dhara: preparing a faster start; this takes some seconds, once\n"
                + "dhara: no faster start was prepared: no room\n"
                + started("flink", BACKFILL, "candles").substring(3)));
    assertThat(
        run(Map.of("JAVA_HOME", jdk), "--engine=flink", "candles"),
        is(started("flink", BACKFILL, "candles")));
  }

  @Test
  void refusesAJdkThatIsTooOld() throws Exception {
    Path jdk = jdk("11.0.2");

    assertThat(
        run(Map.of("JAVA_HOME", jdk), "list"),
        is(
            "2: dhara: JAVA_HOME="
                + jdk
                + ": is no JDK of version 17 or newer; name one, or unset it"));
  }

  @Test
  void saysHowToBuildAJarThatIsMissing() throws Exception {
    Path tools = folder.toRealPath().resolve("tools");
    for (String tool : List.of("dirname", "sed")) {
      executable("tools/" + tool, "exec /usr/bin/env -i PATH=/usr/bin:/bin " + tool + " \"$@\"");
    }

    assertThat(
        run(Map.of("JAVA_HOME", jdk("17.0.15"), "PATH", tools), "--engine=spark", "list"),
        is(
            "2: dhara: %s/runners/spark/target/dhara-spark.jar: is not built yet, and there is no"
                    .formatted(project)
                + " Maven; install it, and run: cd %s && mvn -q -B -Pspark-runner -pl"
                    .formatted(project)
                + " runners/spark -am -DskipTests package"));
  }

  private String started(String engine, String flags, String arguments) {
    return "0: %s-Ddhara.launcher=%s/bin/dhara -jar %s/runners/%s/target/dhara-%s.jar %s"
        .formatted(flags, project, project, engine, engine, arguments);
  }

  private Path jdk(String version) throws IOException {
    executable("jdk-" + version + "/bin/java", "echo \"$@\"");
    Path home = folder.toRealPath().resolve("jdk-" + version);
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private void executable(String name, String script) throws IOException {
    Path file = folder.toRealPath().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true), is(true));
  }

  private String run(Map<String, ?> variables, String... arguments)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    variables.forEach((name, value) -> environment.put(name, value.toString()));
    ProcessBuilder shell =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(SHELL.toString(), project + "/bin/dhara"),
                        Arrays.stream(arguments))
                    .toList())
            .redirectErrorStream(true);
    shell.environment().clear();
    shell.environment().putAll(environment);
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + ": " + said.strip();
  }
}
