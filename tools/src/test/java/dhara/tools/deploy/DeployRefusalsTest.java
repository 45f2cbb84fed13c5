package dhara.tools.deploy;

import static dhara.tools.deploy.Deployed.FLINK;
import static dhara.tools.deploy.Deployed.SPARK;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code deploy} refuses, with exit code 2 and one line, and before it writes a file. */
class DeployRefusalsTest {

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --events=kafka://b:9092/o | --answers=console: a deployment has no console; name a topic or a table
          --events=kafka://b:9092/o --answers=kafka://b:9092/o | --answers=kafka://b:9092/o: metrics would go to the topic o
          --events=kafka://b:9092/o?end=latest --answers=kafka://b:9092/m | ends, so this is a backfill, and --target=flink-operator runs streams; --target=spark runs backfills
          --events=kafka://b:9092/o --answers=/data/m | is a path of this machine; pods see an object store, or a folder of --volume
          --events=kafka://b:9092/o --answers=files:m --volume=c:/data | is a path of this machine
          --events=kafka://b:9092/o --answers=/data/../m --volume=c:/data | is a path of this machine
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --volume=c:/etc/x | would hide a folder of the image
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --volume=data | is no claim and folder, e.g. --volume=archive:/data
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --name=Orders | --name=Orders: is no name of Kubernetes
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --workers=0 | --workers=0: must be at least 1, e.g. --workers=1
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --wait=false | --wait=false: is decided by the deployment: the target decides it
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --jobName=x | --jobName=x: is decided by the deployment: --name is the name of the job, too
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --targetParallelism=2 | --targetParallelism: is an option of bathtub here, and --target=flink-operator runs on flink; build and run with -Pflink-runner
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --revision=1 | --revision=1: is for backfills; a stream's revisions are by the clock
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --overwrite=true | --overwrite=true: is for backfills
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --compareTo=kafka://b:9092/x | is for backfills; a stream has no end to compare at
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --secretVariables=A-B | --secretVariables: names no variable
          --events=kafka://b:9092/o?consumer.ssl.key.password=file:/home/me/key --answers=kafka://b:9092/m | refers to a file of this machine; pods see the Secret's NAME as file:/etc/dhara/secrets/NAME, or as env:NAME
          """)
  void whatCannotBeDeployedAsAStream(String options, String said) {
    assertThat(refused(List.of("order-metrics"), FLINK, words(options)), containsString(said));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --events=kafka://b:9092/o --answers=kafka://b:9092/m | is a stream, and --target=spark runs backfills; --target=flink-operator runs streams, and ?end=latest makes a topic end
          --events=kafka://b:9092/o?end=latest --answers=kafka://b:9092/m --storage=s3://x/y | --storage: is not for --target=spark; leave it out
          --events=kafka://b:9092/o?end=latest --answers=kafka://b:9092/m --podCpus=4 | --podCpus: is not for --target=spark; leave it out
          --events=orders.jsonl --answers=kafka://b:9092/m | --events=orders.jsonl: is a path of this machine
          --events=- --answers=kafka://b:9092/m | --events=-: is a path of this machine
          """)
  void whatCannotBeDeployedAsABackfill(String options, String said) {
    assertThat(refused(List.of("order-metrics"), SPARK, words(options)), containsString(said));
  }

  /** The same line as of the run, but for the name of the command. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --answers=kafka://b:9092/m
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --window=PT0S
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --window=5m
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --gap=PT30S --window=PT5M
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --every=PT2M
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --maxEventBytes=0
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --maxDeadLetters=x
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --map=nonsense
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --cutover=2026-01-05T09:00:00Z
          --events=kafka://b:9092/o?strat=earliest --answers=kafka://b:9092/m
          --events=kafka://b/o --answers=kafka://b:9092/m
          --events=kafak://b:9092/o --answers=kafka://b:9092/m
          --events=others=kafka://b:9092/o --answers=kafka://b:9092/m
          --events=kafka://b:9092/o --answers=nobody=kafka://b:9092/m
          --events=kafka://b:9092/o --answers=kafka://b:9092/m --unknown=1
          """)
  void whatARunRefusesBeforeItAsksAnyServer(String options) {
    String deploy = refused(List.of("order-metrics"), FLINK, words(options));
    String run = run(words("order-metrics " + options));
    assertThat(deploy.replace("deploy order-metrics", "order-metrics"), is(run));
  }

  @Test
  void whatIsMissing() throws IOException {
    List<String> places =
        List.of("order-metrics", "--events=kafka://b:9092/o", "--answers=kafka://b:9092/m");
    assertThat(refused(places), startsWith("dhara: --image: is missing. The image, by its name"));
    assertThat(refused(places, List.of("--image=x")), startsWith("dhara: --target: is missing."));
    assertThat(
        refused(places, List.of("--image=x", "--target=flink-operator")),
        startsWith(
            "dhara: --storage: is missing: checkpoints need storage that all pods reach, e.g."
                + " --storage=s3://my-bucket/dhara"));
    assertThat(
        refused(places, List.of("--image=x", "--target=flink-operator", "--storage=file:///x")),
        containsString("is on no storage that all pods reach"));
    assertThat(
        refused(places, List.of("--image=x", "--target=nomad")),
        startsWith("dhara: --target=nomad: is none of flink-operator|spark"));
    assertThat(
        refused(List.of("order-metrix"), FLINK),
        startsWith("dhara: order-metrix: is no analysis. Did you mean order-metrics?"));
    Path file = Files.createFile(folder.resolve("file"));
    Deployed onFile = Deployed.run(places, FLINK, List.of("--out=" + file));
    assertThat(onFile.err(), startsWith("dhara: --out=" + file + ": is a file; name a folder"));
  }

  @Test
  void aSecretThatIsTold() throws IOException {
    for (List<String> told :
        List.of(
            List.of("--events=kafka://b:9092/o?consumer.ssl.key.password=TIGER"),
            List.of("--events=kafka://me:TIGER@b:9092/o"),
            List.of("--azureSecret=TIGER"))) {
      String line =
          refused(
              List.of("order-metrics", "--answers=kafka://b:9092/m"),
              FLINK,
              told.get(0).startsWith("--events")
                  ? told
                  : List.of("--events=kafka://b:9092/o", told.get(0)));
      assertThat(line, not(containsString("TIGER")));
    }
  }

  /** Values of the environment stay there: a deployment has their names only. */
  @Test
  void aSecretOfTheEnvironmentStaysThere() throws IOException {
    Path out = folder.resolve("out");
    Deployed deployed =
        Deployed.run(
            Map.of("LOGIN", "TIGER", "DHARA_WINDOW", "PT5M"),
            List.of("order-metrics", "--out=" + out),
            FLINK,
            List.of(
                "--events=kafka://b:9092/o?consumer.sasl.jaas.config=env:LOGIN",
                "--answers=kafka://b:9092/m"));
    assertThat(deployed.err(), deployed.exit(), is(0));
    String all = Deployed.files(out) + deployed.out() + deployed.err();
    assertThat(all, not(containsString("TIGER")));
    assertThat(all, containsString("consumer.sasl.jaas.config=env:LOGIN"));
    assertThat(all, containsString("--window=PT5M"));
    assertThat(all, containsString("order-metrics-secrets"));
  }

  private static List<String> words(String options) {
    return List.of(options.split(" ", -1));
  }

  @SafeVarargs
  private String refused(List<String>... parts) {
    Path out = folder.resolve("nothing");
    List<String> words = new ArrayList<>();
    for (List<String> part : parts) {
      words.addAll(part);
    }
    words.add("--out=" + out);
    Deployed deployed = Deployed.run(words);
    assertThat(deployed.out() + deployed.err(), deployed.exit(), is(2));
    assertThat(deployed.err(), deployed.err().lines().count(), is(1L));
    assertThat(Files.exists(out), is(false));
    return deployed.err();
  }

  private static String run(List<String> arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
    int exit = Dhara.on(Console.piped(print, print)).run(arguments.toArray(String[]::new));
    assertThat(err.toString(StandardCharsets.UTF_8), exit, is(2));
    return err.toString(StandardCharsets.UTF_8);
  }
}
