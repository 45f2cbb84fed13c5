package dhara.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.services.dataflow.model.Job;
import dhara.assembly.Assembly;
import dhara.connectors.RunFolder;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.testkit.Built;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.apache.beam.sdk.options.PipelineOptions.CheckEnabled;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every analysis becomes a job that Dataflow's service takes, without asking any service. */
class TemplateTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  static Collection<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aBackfillBecomesABatchTemplate(String name) throws IOException {
    Built built = Built.overFiles(Analysis.all().get(name), folder, this::template);

    JsonNode job = translate(built);

    assertThat(built.assembly().bounded(), is(true));
    assertThat(job.get("type").asText(), is("JOB_TYPE_BATCH"));
    assertStepsOf(built, job);
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aStreamBecomesAStreamingTemplate(String name) throws IOException {
    Built built = Built.overTopics(Analysis.all().get(name), kafka, this::template);

    JsonNode job = translate(built);

    assertThat(built.assembly().bounded(), is(false));
    assertThat(job.get("type").asText(), is("JOB_TYPE_STREAMING"));
    assertStepsOf(built, job);
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void aJobIsPostedAsTheApiTakesIt(String name) throws IOException {
    try (Google google = Google.start()) {
      Built built =
          Built.overFiles(
              Analysis.all().get(name),
              folder,
              options -> {
                template(options);
                DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
                dataflow.setTemplateLocation(null);
                dataflow.setDataflowJobFile(file().toAbsolutePath().toString());
                dataflow.setApiRootUrl(google.url());
              });
      RunFolder temporary = built.assembly().folder();
      try (temporary) {
        PipelineResult unused = built.assembly().pipeline().run();
      }

      assertThat(google.jobs().size(), is(1));
      Job job = google.jobs().get(0);
      assertThat(job.getName(), is(name));
      assertThat(job.getType(), is("JOB_TYPE_BATCH"));
      assertThat(job.getSteps().size(), is(JSON.readTree(file().toFile()).get("steps").size()));
    }
  }

  /** A broker without TLS leaves this property unused, but it is a secret all the same. */
  @Test
  void aTemplateHoldsReferencesInPlaceOfSecrets() throws IOException {
    String secret = "Zq7xKw9vTb3nLm5p";
    Path reference = Files.writeString(folder.resolve("word-of-this-test"), secret);
    kafka.createTopic("secret-orders", 1);
    Assembly assembly =
        stream(
            Analysis.all().get("order-metrics"),
            kafka.uri("secret-orders") + "?consumer.ssl.key.password=file:" + reference,
            kafka.uri("secret-metrics") + "?producer.ssl.key.password=file:" + reference);

    String template = translate(new Built(assembly, Set.of())).toString();

    assertThat(template, containsString("word-of-this-test"));
    assertThat(template, not(containsString(secret)));
  }

  private <O extends DharaOptions> Assembly stream(
      Analysis<O> analysis, String events, String answers) {
    O options = PipelineOptionsFactory.as(analysis.options());
    template(options);
    options.setJobName(analysis.name());
    options.setEvents(List.of(events));
    options.setAnswers(List.of(answers));
    return Assembly.of(analysis, options);
  }

  private JsonNode translate(Built built) throws IOException {
    RunFolder temporary = built.assembly().folder();
    try (temporary) {
      PipelineResult result = built.assembly().pipeline().run();
      assertThrows(UnsupportedOperationException.class, result::waitUntilFinish);
    }
    return JSON.readTree(file().toFile());
  }

  private static void assertStepsOf(Built built, JsonNode job) {
    List<String> steps = new ArrayList<>();
    for (JsonNode step : job.get("steps")) {
      steps.add(step.get("properties").get("user_name").get("value").asText());
    }
    List<String> missing =
        built.ownSteps().stream()
            .filter(own -> steps.stream().noneMatch(s -> s.equals(own) || s.startsWith(own + "/")))
            .toList();

    assertThat(steps, is(not(empty())));
    assertThat(built.ownSteps(), is(not(empty())));
    assertThat("steps of the analysis that the job lacks, among " + steps, missing, is(empty()));
    assertThat("unique among " + steps, new HashSet<>(steps).size(), is(steps.size()));
  }

  private Path file() {
    return folder.resolve("template.json");
  }

  private void template(DharaOptions options) {
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    dataflow.setRunner(new DataflowEngine().runner());
    dataflow.setStableUniqueNames(CheckEnabled.ERROR);
    dataflow.setProject("dhara-templates");
    dataflow.setRegion("asia-south1");
    dataflow.setGcpTempLocation("gs://dhara-templates/temp");
    dataflow.setTemplateLocation(file().toAbsolutePath().toString());
    dataflow.setFilesToStage(List.of());
    dataflow.setPathValidatorClass(NoopPathValidator.class);
    dataflow.setCredentialFactoryClass(NoopCredentialFactory.class);
    dataflow.setStagerClass(UnstagedFiles.class);
  }
}
