package dhara.tools.deploy;

import static dhara.tools.deploy.Deployed.FLINK;
import static dhara.tools.deploy.Deployed.SPARK;
import static dhara.tools.deploy.Deployed.at;
import static dhara.tools.deploy.Deployed.list;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dhara.pipelines.Analysis;
import dhara.tools.ApplicationLauncher;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code deploy} writes, for every analysis and for odd options. */
class DeployTest {

  @TempDir private Path folder;

  /** The analyses of the product, without those of these tests. */
  static Stream<String> analyses() {
    var product = Analysis.class.getProtectionDomain().getCodeSource();
    return Analysis.all().values().stream()
        .filter(a -> a.getClass().getProtectionDomain().getCodeSource().equals(product))
        .map(Analysis::name);
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void everyAnalysisBecomesDocumentsOfTheirKinds(String name) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);

    List<String> streams = Deployed.topics(analysis, "");
    Map<String, Object> stream = deployed(name, FLINK, streams);
    assertThat(
        at(stream.get("FlinkDeployment"), "spec", "job", "args"),
        is(words(name, streams, "--jobName=" + name, "--flinkMaster=[auto]", "--wait=false")));

    List<String> ranges = Deployed.topics(analysis, "?end=latest");
    Map<String, Object> backfill = deployed(name, SPARK, ranges);
    assertThat(
        at(backfill.get("Job"), "spec", "template", "spec", "containers", 0, "args"),
        is(words(name, ranges, "--jobName=" + name, "--sparkMaster=local[2]")));
  }

  /** Deploys to a new folder, and returns its documents by their kinds. */
  private Map<String, Object> deployed(String name, List<String> target, List<String> options)
      throws IOException {
    Path out = Files.createTempDirectory(folder, name);
    Deployed deployed = Deployed.run(List.of(name, "--out=" + out), target, options);
    assertThat(deployed.err(), deployed.exit(), is(0));
    Map<String, Object> kinds = new TreeMap<>();
    for (Object file :
        list(Deployed.documents(out.resolve("kustomization.yaml")).get(0), "resources")) {
      for (Map<?, ?> document : Deployed.documents(out.resolve((String) file))) {
        assertThat(file + " of " + name, Kinds.faults(document), is(empty()));
        kinds.put((String) document.get("kind"), document);
      }
    }
    return kinds;
  }

  private static List<String> words(String name, List<String> options, String... more) {
    List<String> words = new ArrayList<>(List.of(name));
    words.addAll(options);
    words.addAll(List.of(more));
    return words;
  }

  @Test
  void fieldsThatAKindDoesNotHaveAreFaults() throws IOException {
    Map<String, Object> kinds =
        deployed("order-metrics", FLINK, Deployed.topics(Analysis.all().get("order-metrics"), ""));
    Map<?, ?> flink = (Map<?, ?>) kinds.get("FlinkDeployment");
    assertThat(Kinds.faults(with(flink, "flinkVersoin", "v1_19")), hasSize(1));
    assertThat(Kinds.faults(with(flink, "flinkVersion", "v9_9")), hasSize(1));
    assertThat(
        Kinds.faults(with((Map<?, ?>) kinds.get("NetworkPolicy"), "engress", List.of())),
        hasSize(1));
  }

  private static Map<?, ?> with(Map<?, ?> document, String field, Object value) {
    Map<Object, Object> changed = new TreeMap<>(document);
    Map<Object, Object> spec = new TreeMap<>((Map<?, ?>) document.get("spec"));
    spec.put(field, value);
    changed.put("spec", spec);
    return changed;
  }

  @Test
  void theArgumentsOfThePodsAreThoseThatWereGiven() throws IOException {
    List<String> odd =
        List.of(
            "--events=kafka://b1:9092,b2:9093/orders?consumer.sasl.jaas.config=env:LOGIN&consumer.client.id=a%26b",
            "--answers=metrics=kafka://b1:9092/metrics?partitions=8",
            "--answers=kafka://b1:9092/others",
            "--map=at=ts:epochMillis,customer='ünï \"quoted\" #1: {x} \\'",
            "--window=PT5M",
            "--lateness=PT0S",
            "--unique=false",
            "--maxDeadLetters=1%");
    Map<String, Object> kinds = deployed("order-metrics", FLINK, odd);

    assertThat(
        at(kinds.get("FlinkDeployment"), "spec", "job", "args"),
        is(
            words(
                "order-metrics",
                odd,
                "--jobName=order-metrics",
                "--flinkMaster=[auto]",
                "--wait=false")));
  }

  @Test
  void theMainClassIsThere() throws IOException {
    Map<String, Object> kinds =
        deployed("order-metrics", FLINK, Deployed.topics(Analysis.all().get("order-metrics"), ""));
    assertThat(
        at(kinds.get("FlinkDeployment"), "spec", "job", "entryClass"),
        is(ApplicationLauncher.class.getName()));
  }

  @Test
  void podsGetSecretsByReferenceAndFilesByTheirContent() throws IOException {
    Path routes = Path.of("../routes/example.yaml");
    Map<String, Object> kinds =
        deployed(
            "alerts",
            FLINK,
            List.of(
                "--events=kafka://b:9092/alerts?consumer.sasl.jaas.config=env:READER"
                    + "&consumer.ssl.truststore.location=/etc/dhara/secrets/trust.p12"
                    + "&consumer.ssl.truststore.password=file:/etc/dhara/secrets/trust.password",
                "--answers=kafka://b:9092/told?producer.sasl.jaas.config=env:WRITER",
                "--routes=" + routes,
                "--secretName=kafka-login",
                "--secretVariables=AWS_ACCESS_KEY_ID"));
    Object flink = kinds.get("FlinkDeployment");
    Object pod = at(flink, "spec", "podTemplate", "spec");
    Object container = at(pod, "containers", 0);

    assertThat(
        at(container, "env"),
        is(
            Stream.of("AWS_ACCESS_KEY_ID", "READER", "WRITER")
                .map(
                    name ->
                        Map.of(
                            "name",
                            name,
                            "valueFrom",
                            Map.of("secretKeyRef", Map.of("name", "kafka-login", "key", name))))
                .toList()));
    assertThat(
        list(container, "volumeMounts"),
        hasItem(Map.of("name", "secrets", "mountPath", "/etc/dhara/secrets", "readOnly", true)));
    assertThat(
        list(pod, "volumes"),
        hasItem(Map.of("name", "secrets", "secret", Map.of("secretName", "kafka-login"))));
    assertThat(
        list(flink, "spec", "job", "args"), hasItem("--routes=/etc/dhara/files/example.yaml"));
    assertThat(
        at(kinds.get("ConfigMap"), "data"), is(Map.of("example.yaml", Files.readString(routes))));
  }

  @Test
  void aBackfillReadsAndWritesAVolume() throws IOException {
    Path out = folder.resolve("october");
    Deployed deployed =
        Deployed.run(
            List.of(
                "order-metrics",
                "--out=" + out,
                "--name=order-metrics-october",
                "--volume=archive:/data",
                "--workers=8",
                "--events=/data/orders/2026-10-*.jsonl",
                "--answers=files:/data/answers",
                "--map=customer='$(HOME) $$5'",
                "--from=2026-10-01T00:00:00Z"),
            SPARK);
    assertThat(deployed.err(), deployed.exit(), is(0));
    assertThat(
        new TreeSet<>(Deployed.files(out).keySet()),
        is(
            new TreeSet<>(
                List.of("access.yaml", "job.yaml", "kustomization.yaml", "network.yaml"))));
    Object pod = at(Deployed.documents(out.resolve("job.yaml")).get(0), "spec", "template", "spec");
    assertThat(
        list(pod, "volumes"),
        hasItem(Map.of("name", "volume", "persistentVolumeClaim", Map.of("claimName", "archive"))));
    assertThat(at(pod, "containers", 0, "resources", "requests", "cpu"), is(8));
    assertThat(
        "what Kubernetes would replace is escaped",
        list(pod, "containers", 0, "args"),
        hasItem("--map=customer='$$(HOME) $$$$5'"));
  }

  @Test
  void theNetworkIsOpenToThePortsThatOptionsName() throws IOException {
    Map<String, Object> kinds =
        deployed(
            "order-metrics",
            FLINK,
            List.of(
                "--events=kafka://b1:9094,b2:9095/orders", "--answers=kafka://other:9092/metrics"));
    List<Object> egress = list(kinds.get("NetworkPolicy"), "spec", "egress");
    assertThat(
        list(egress.get(egress.size() - 1), "ports").stream()
            .map(port -> at(port, "port"))
            .toList(),
        is(List.of(443, 6443, 9092, 9094, 9095)));
  }

  @Test
  void noPodRunsAsRootOrWritesItsImage() throws IOException {
    for (Map<String, Object> kinds :
        List.of(
            deployed(
                "order-metrics", FLINK, Deployed.topics(Analysis.all().get("order-metrics"), "")),
            deployed(
                "order-metrics",
                SPARK,
                Deployed.topics(Analysis.all().get("order-metrics"), "?end=latest")))) {
      Object pod =
          kinds.containsKey("Job")
              ? at(kinds.get("Job"), "spec", "template", "spec")
              : at(kinds.get("FlinkDeployment"), "spec", "podTemplate", "spec");
      assertThat(at(pod, "securityContext", "runAsNonRoot"), is(true));
      assertThat(
          list(pod, "containers").stream()
              .map(container -> at(container, "securityContext", "readOnlyRootFilesystem"))
              .toList(),
          everyItem(is(true)));
    }
  }

  @Test
  void theSameCommandWritesTheSameAndAnotherIsRefused() throws IOException {
    List<String> same =
        List.of(
            "order-metrics",
            "--out=" + folder,
            "--events=kafka://b:9092/orders",
            "--answers=kafka://b:9092/metrics");
    assertThat(Deployed.run(same, FLINK).exit(), is(0));
    Map<String, String> first = Deployed.files(folder);
    Deployed again = Deployed.run(same, FLINK);
    assertThat(again.err(), again.exit(), is(0));
    assertThat(Deployed.files(folder), is(first));

    Deployed other = Deployed.run(same, FLINK, List.of("--workers=4"));
    assertThat(other.exit(), is(2));
    assertThat(
        other.err().strip(),
        is(
            "dhara: --out="
                + folder
                + ": holds another deployment.yaml; --replace=true writes over it"));
    assertThat(Deployed.files(folder), is(first));

    assertThat(Deployed.run(same, FLINK, List.of("--workers=4", "--replace=true")).exit(), is(0));
    assertThat(Deployed.files(folder), is(not(first)));
  }

  @Test
  void kustomizeTakesTheFolder() throws IOException, InterruptedException {
    Optional<Path> kubectl =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(place -> Path.of(place, "kubectl"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(kubectl.isPresent(), "kubectl is not on the path");
    Deployed deployed =
        Deployed.run(
            List.of("order-metrics", "--out=" + folder, "--namespace=streams"),
            FLINK,
            Deployed.topics(Analysis.all().get("order-metrics"), ""));
    assertThat(deployed.err(), deployed.exit(), is(0));
    Path built = Files.createTempFile("kustomized", ".yaml");
    Process kustomize =
        new ProcessBuilder(kubectl.get().toString(), "kustomize", folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(built.toFile())
            .start();
    assertThat(Files.readString(built, StandardCharsets.UTF_8), kustomize.waitFor(), is(0));

    List<Map<?, ?>> documents = Deployed.documents(built);
    Files.delete(built);
    assertThat(
        documents.stream().map(document -> (String) document.get("kind")).sorted().toList(),
        is(List.of("FlinkDeployment", "NetworkPolicy", "Role", "RoleBinding", "ServiceAccount")));
    assertThat(
        documents.stream().map(document -> at(document, "metadata", "namespace")).toList(),
        everyItem(is("streams")));
  }

  @Test
  void theHelpShowsItsOptions() {
    Deployed help = Deployed.run(List.of("--help"));
    assertThat(help.exit(), is(0));
    assertThat(help.out(), containsString("--target=flink-operator|spark"));
    assertThat(Deployed.run(List.of("order-metrics", "--help")).out(), is(help.out()));
  }
}
