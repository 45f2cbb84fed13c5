package dhara.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.dataflow.Dataflow;
import com.google.api.services.dataflow.model.ContainerSpec;
import com.google.api.services.dataflow.model.FlexTemplateRuntimeEnvironment;
import com.google.api.services.dataflow.model.LaunchFlexTemplateParameter;
import com.google.api.services.dataflow.model.LaunchFlexTemplateRequest;
import com.google.api.services.dataflow.model.ParameterMetadata;
import com.google.api.services.dataflow.model.ParameterMetadataEnumOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.terminal.Console;
import dhara.testkit.Command;
import dhara.tools.TemplateLauncher;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The way of a Flex Template, from its specification to the graph of its job: written by the
 * command, read and launched by the API's own classes, launched again by what its image runs.
 */
class FlexTemplateTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IMAGE = "asia-south1-docker.pkg.dev/dhara-templates/dhara/image:1";

  /** What the API documents of the types of a parameter. */
  private static final Set<String> TYPES = Set.of("TEXT", "BOOLEAN", "ENUM", "NUMBER");

  @TempDir private Path folder;
  private Google google;

  @BeforeEach
  void startServices() throws IOException {
    google = Google.start();
  }

  @AfterEach
  void stopServices() {
    google.close();
  }

  static Collection<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void itsSpecificationHasThePublishedStructure(String name) throws IOException {
    ContainerSpec spec = specification(name);

    assertThat(spec.getImage(), is(IMAGE));
    assertThat(spec.getSdkInfo().getLanguage(), is("JAVA"));
    assertThat(spec.getMetadata().getName(), is(name));
    assertThat(spec.getMetadata().getDescription(), is(Analysis.all().get(name).summary()));
    assertThat(spec.getMetadata().getSupportsExactlyOnce(), is(true));
    assertThat(spec.getMetadata().getSupportsAtLeastOnce(), is(false));
    Set<String> names = new HashSet<>();
    for (ParameterMetadata parameter : spec.getMetadata().getParameters()) {
      String of = parameter.getName();
      assertThat(of + " is named once", names.add(of), is(true));
      assertThat(of, of.matches("[a-zA-Z][a-zA-Z0-9]*"), is(true));
      assertThat(of, parameter.getLabel().isBlank(), is(false));
      assertThat(of, parameter.getHelpText(), not(containsString("--")));
      assertThat(of, parameter.getParamType(), is(in(TYPES)));
      assertThat(of, parameter.getRegexes(), is(not(empty())));
      if (parameter.getDefaultValue() != null) {
        assertThat(of, parameter.getIsOptional(), is(true));
        for (String regex : parameter.getRegexes()) {
          assertThat(
              of + "'s default " + parameter.getDefaultValue() + " matches " + regex,
              parameter.getDefaultValue().matches(regex),
              is(true));
        }
      }
      assertThat(
          of, parameter.getParamType().equals("ENUM"), is(parameter.getEnumOptions() != null));
    }
    assertThat(
        spec.getMetadata().getParameters().stream()
            .filter(parameter -> !parameter.getIsOptional())
            .map(ParameterMetadata::getName)
            .toList(),
        contains("answers", "events"));
  }

  @Test
  void anEnumOffersItsConstantsAndADurationSaysHowItIsWritten() throws IOException {
    Map<String, ParameterMetadata> parameters = new TreeMap<>();
    specification("order-metrics")
        .getMetadata()
        .getParameters()
        .forEach(parameter -> parameters.put(parameter.getName(), parameter));

    ParameterMetadata by = parameters.get("by");
    assertThat(
        by.getEnumOptions().stream().map(ParameterMetadataEnumOption::getValue).toList(),
        contains("category", "country", "city"));
    assertThat(by.getDefaultValue(), is("category"));
    ParameterMetadata window = parameters.get("window");
    assertThat("a minute, unless there is a gap", window.getDefaultValue(), is(nullValue()));
    assertThat(parameters.get("lateness").getDefaultValue(), is("PT10M"));
    assertThat("PT1H30M".matches(window.getRegexes().get(0)), is(true));
    assertThat("1 minute".matches(window.getRegexes().get(0)), is(false));
    assertThat(parameters.get("unique").getParamType(), is("BOOLEAN"));
    assertThat(parameters.get("topCount").getParamType(), is("NUMBER"));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aStreamIsLaunchedFromASubscriptionToTables(String name) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    String table = name.replace('-', '_');
    Map<String, String> parameters = new TreeMap<>();
    parameters.put(
        "events",
        events(
            analysis,
            input ->
                input.isReference()
                    ? file(input)
                    : "pubsub://" + Google.PROJECT + "/" + input.name() + "-sub"));
    parameters.put("answers", "bigquery://" + Google.PROJECT + "/" + Google.DATASET + "/" + table);
    parameters.put("disorder", "PT1M");

    JsonNode job = launched(name, parameters);

    assertThat(job.get("type").asText(), is("JOB_TYPE_STREAMING"));
    assertThat(
        google.tables().get(table).getTableConstraints().getPrimaryKey().getColumns(),
        is(not(empty())));
    assertThat(google.tables().keySet().contains(table + "_dead_letters"), is(true));
    assertThat(google.tables().keySet().contains(table + "_late"), is(true));
    assertThat(google.tables().keySet().contains(table + "_ledger"), is(true));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aBackfillIsLaunchedFromFilesToTables(String name) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("events", events(analysis, this::file));
    parameters.put(
        "answers",
        "bigquery://" + Google.PROJECT + "/" + Google.DATASET + "/" + name.replace('-', '_'));

    JsonNode job = launched(name, parameters);

    assertThat(job.get("type").asText(), is("JOB_TYPE_BATCH"));
  }

  private interface Named {
    String of(Input<?> input) throws IOException;
  }

  /** An empty file of events. */
  private String file(Input<?> input) throws IOException {
    return Files.writeString(folder.resolve(input.name() + ".jsonl"), "").toString();
  }

  private static String events(Analysis<?> analysis, Named source) throws IOException {
    List<String> events = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      events.add(input.name() + "=" + source.of(input));
    }
    return String.join(" ", events);
  }

  /** Google's own command line, where it is installed, asks the API for the same launch. */
  @Test
  @EnabledIf("gcloudIsInstalled")
  void theCommandsThatAreShownLaunchIt() throws IOException, InterruptedException {
    google.store("gs://dhara-bucket/t/order-metrics.json", specification("order-metrics"));
    String shown = Files.readString(folder.resolve("shown"));

    for (String launch : List.of("stream", "backfill")) {
      String command =
          shown.substring(
              shown.indexOf("gcloud dataflow flex-template run order-metrics-" + launch));
      gcloud(command.split("\n\n", 2)[0]);
    }

    assertThat(
        google.launches().stream()
            .map(
                launch ->
                    launch.getJobName()
                        + " "
                        + launch.getParameters()
                        + " "
                        + launch.getEnvironment().getTempLocation()
                        + " "
                        + launch.getEnvironment().getEnableStreamingEngine())
            .toList(),
        contains(
            "order-metrics-stream {answers=bigquery://dhara-templates/shop/order_metrics,"
                + " events=pubsub://dhara-templates/orders-sub} gs://dhara-bucket/temp true",
            "order-metrics-backfill {answers=bigquery://dhara-templates/shop/order_metrics,"
                + " events=gs://dhara-bucket/orders/*.jsonl} gs://dhara-bucket/temp false"));
  }

  static boolean gcloudIsInstalled() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "gcloud")));
  }

  private void gcloud(String command) throws IOException, InterruptedException {
    String mine =
        command
            .replace("PROJECT", Google.PROJECT)
            .replace("REGION", Google.REGION)
            .replace("DATASET", Google.DATASET)
            .replace("BUCKET", "dhara-bucket");
    Path log = folder.resolve("gcloud.log");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", mine)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "CLOUDSDK_CONFIG", folder.resolve("gcloud").toString(),
                "CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true",
                "CLOUDSDK_CORE_DISABLE_PROMPTS", "1",
                "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "1",
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_DATAFLOW", google.url()));
    int exit = builder.start().waitFor();
    assertThat(mine + ":\n" + Files.readString(log), exit, is(0));
  }

  @Test
  void aParameterThatIsMissingIsRefusedByItsName() throws IOException {
    assertThat(
        refused("order-metrics", Map.of("answers", "bigquery://p/d/t")),
        containsString("events: Missing"));
    assertThat(
        refused("order-metrics", Map.of("events", "gs://dhara-bucket/*.jsonl")),
        containsString("answers: Missing"));

    assertThat(
        started("order-metrics", List.of("--answers=gs://dhara-bucket/out")),
        is("2: dhara: --events: is missing. "));
    assertThat(
        started("order-metrics", List.of("--events=gs://dhara-bucket/*.jsonl")),
        is("2: dhara: --answers: is missing. "));
  }

  @Test
  void aParameterThatCannotBeIsRefusedByItsName() throws IOException {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("events", "gs://dhara-bucket/*.jsonl");
    parameters.put("answers", "bigquery://p/d/t");

    parameters.put("window", "1m");
    assertThat(refused("candles", parameters), containsString("window: Unmatched 1m"));
    parameters.remove("window");
    parameters.put("windoww", "PT1M");
    assertThat(refused("candles", parameters), containsString("windoww: Unrecognized parameter"));
  }

  @Test
  void aTemplateHasNoConsole() {
    assertThat(
        started(
            "candles",
            List.of("--events=gs://dhara-bucket/*.jsonl", "--answers=console?format=table")),
        is(
            "2: dhara: --answers=console?format=table: a template has no console; name bigquery://,"
                + " kafka:// or gs://"));
  }

  @Test
  void anImageThatNamesNoAnalysisSaysSo() {
    assertThat(
        started("candels", List.of()),
        is(
            "2: dhara: DHARA_ANALYSIS=candels: names no analysis; it is one of "
                + Analysis.all().keySet()));
  }

  /** What the image says: the exit code, and its error up to where it cites the description. */
  private static String started(String analysis, List<String> parameters) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    int exit =
        TemplateLauncher.launch(
            Console.piped(stream, stream), analysis, parameters.toArray(String[]::new));
    return exit
        + ": "
        + err.toString(StandardCharsets.UTF_8).strip().replaceFirst("(?s)(is missing\\. ).*", "$1");
  }

  private ContainerSpec specification(String name) throws IOException {
    Command written =
        Command.done(
            List.of(
                "template",
                name,
                "--image=" + IMAGE,
                "--out=" + folder,
                "--storage=gs://dhara-bucket/t"));
    Files.writeString(folder.resolve("shown"), written.out());
    return Google.strict(Files.readString(folder.resolve(name + ".json")), ContainerSpec.class);
  }

  private String refused(String name, Map<String, String> parameters) {
    return assertThrows(GoogleJsonResponseException.class, () -> ask(name, parameters))
        .getDetails()
        .getMessage();
  }

  /** Asks the API for a launch, as gcloud does. */
  private LaunchFlexTemplateParameter ask(String name, Map<String, String> parameters)
      throws IOException {
    String path = "gs://dhara-bucket/t/" + name + ".json";
    google.store(path, specification(name));
    Dataflow api =
        new Dataflow.Builder(new NetHttpTransport(), GsonFactory.getDefaultInstance(), null)
            .setApplicationName("dhara")
            .setRootUrl(google.url())
            .build();
    var response =
        api.projects()
            .locations()
            .flexTemplates()
            .launch(
                Google.PROJECT,
                Google.REGION,
                new LaunchFlexTemplateRequest()
                    .setLaunchParameter(
                        new LaunchFlexTemplateParameter()
                            .setJobName(name + "-1")
                            .setContainerSpecGcsPath(path)
                            .setParameters(parameters)
                            .setEnvironment(
                                new FlexTemplateRuntimeEnvironment()
                                    .setTempLocation("gs://dhara-bucket/temp")
                                    .setStagingLocation("gs://dhara-bucket/staging"))))
            .execute();
    assertThat(response.getJob().getName(), is(name + "-1"));
    return google.launches().get(google.launches().size() - 1);
  }

  /** Launches a template, and then does what the service does with its image: the job's graph. */
  private JsonNode launched(String name, Map<String, String> parameters) throws IOException {
    LaunchFlexTemplateParameter launch = ask(name, parameters);
    Path graph = folder.resolve("graph.json");
    List<String> arguments = new ArrayList<>();
    launch.getParameters().forEach((option, value) -> arguments.add("--" + option + "=" + value));
    arguments.addAll(
        List.of(
            "--runner=DataflowRunner",
            "--project=" + Google.PROJECT,
            "--region=" + Google.REGION,
            "--jobName=" + launch.getJobName(),
            "--tempLocation=" + launch.getEnvironment().getTempLocation(),
            "--stagingLocation=" + launch.getEnvironment().getStagingLocation(),
            "--labels={\"goog-dataflow-provided-template-name\":\"x\"}",
            "--templateLocation=" + graph));
    arguments.addAll(
        List.of(
            "--pubsubRootUrl=" + google.url(),
            "--bigQueryEndpoint=" + google.url(),
            "--gcsEndpoint=" + google.url() + "storage/v1/",
            "--pathValidatorClass=" + NoopPathValidator.class.getName(),
            "--credentialFactoryClass=" + NoopCredentialFactory.class.getName(),
            "--stagerClass=" + UnstagedFiles.class.getName(),
            "--filesToStage=" + folder));

    String said = started(name, arguments);

    assertThat(said, said.startsWith("0: "), is(true));
    return JSON.readTree(graph.toFile());
  }
}
