package dhara.serving;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.serving.store.KeepRules;
import dhara.terminal.Console;
import dhara.testkit.Command;
import dhara.testkit.Pause;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class ServeVerbTest {

  private static final Pattern ADDRESS = Pattern.compile("Serving at (\\S+)");

  @TempDir Path folder;

  @Test
  void theCommandServesUntilItIsStopped() throws Exception {
    Path answers = Files.createDirectories(folder.resolve("out/metrics"));
    Files.writeString(
        answers.resolve("a.jsonl"),
        """
        {"dimension":"category","name":"tea","window_start":"2026-01-05T09:00:00Z","window_end":"2026-01-05T09:01:00Z","revision":4,"orders":7,"buyers":1,"gmv_minor":700,"average_order_minor":100,"items":1,"cancellations":0,"cancelled_minor":0,"last_order_at":null}
        """);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Dhara dhara =
        Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
    AtomicInteger exit = new AtomicInteger(-1);
    Thread command =
        new Thread(
            () ->
                exit.set(
                    dhara.run(
                        "serve", "order-metrics=files:" + folder.resolve("out"), "--port=0")));
    command.start();
    String address = null;
    while (address == null) {
      assertThat(err.toString(StandardCharsets.UTF_8), command.isAlive(), is(true));
      Matcher said = ADDRESS.matcher(out.toString(StandardCharsets.UTF_8));
      address = said.find() ? said.group(1) : null;
      Pause.shortly();
    }
    JsonNode rows;
    do {
      rows = get(address + "api/views/order-metrics.metrics").get("rows");
    } while (rows.isEmpty());
    assertThat(rows.get(0).get("orders").asLong(), is(7L));
    assertThat(rows.get(0).get("answer_state").asText(), is("open"));
    // A place that may come later does not hold back the message.
    for (String line :
        List.of("dhara: 1 row loaded, in ", "order-metrics.top: ", "waiting for it")) {
      while (!err.toString(StandardCharsets.UTF_8).contains(line)) {
        assertThat(err.toString(StandardCharsets.UTF_8), command.isAlive(), is(true));
        Pause.shortly();
      }
    }
    command.interrupt();
    command.join();
    assertThat(exit.get(), is(0));
    URI gone = URI.create(address);
    assertThrows(IOException.class, () -> get(gone.toString()));
  }

  private static JsonNode get(String uri) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(60)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.body(), response.statusCode(), is(200));
    return RowJson.value(response.body());
  }

  @Test
  void whatCannotBeServedIsRefusedWithTheFix() {
    refused("names nothing to serve; write dhara serve order-metrics=files:DIR", "serve");
    refused(
        "order-metric: is no analysis. Did you mean order-metrics?",
        "serve",
        "order-metric=files:x");
    refused("names no places; write NAME=URI", "serve", "files:x");
    refused(
        "is no scheme that is known. Did you mean kafka?", "serve", "order-metrics=kafkaa://b:1/t");
    refused("is no HOST:PORT of a broker", "serve", "order-metrics=kafka://b/t");
    refused(
        "cannot be followed; these can: files:PATH, kafka://HOST:9092/TOPIC",
        "serve",
        "order-metrics=console");
    refused("--keep=P7: is no ISO-8601 duration", "serve", "order-metrics=files:x", "--keep=P7");
    refused("add --keep=P7D", "serve", "order-metrics=files:x", "--rollUp=PT1H:P90D");
    refused(
        "is no COLUMN:HOW",
        "serve",
        "order-metrics=files:x",
        "--rolled=order-metrics.metrics=orders:total");
    refused(
        "--rolled: order is no value column of order-metrics.metrics; it has",
        "serve",
        "order-metrics=files:x",
        "--rolled=order-metrics.metrics=order:sum",
        "--port=0");
    refused("knows no parameter 'shard'", "serve", "order-metrics=files:x?shard=3");
    refused(
        "--memory=lots: is no size of memory", "serve", "order-metrics=files:x", "--memory=lots");
  }

  private static void refused(String fix, String... arguments) {
    Command run = Command.run(List.of(arguments));
    assertThat(run.err(), containsString(fix));
    assertThat(run.exit(), is(2));
  }

  @Test
  void anotherServerOnTheSameDataIsRefused() throws Exception {
    ServeOptions options = PipelineOptionsFactory.as(ServeOptions.class);
    options.setData(folder.resolve("data").toString());
    options.setPort(0);
    try (Serving one = Serving.open(options, line -> {})) {
      one.start();
      ProcessBuilder other =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              "dhara.tools.Dhara",
              "serve",
              "order-metrics=files:x",
              "--port=0",
              "--data=" + options.getData());
      other.redirectErrorStream(true);
      Process process = other.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said, containsString("another process has it open; stop that one"));
      assertThat(process.waitFor(), is(2));
    }
  }

  @Test
  void placesAreSeparatedByCommasBeforeASchemeOnly() {
    Places places =
        Places.of("serve", "a=kafka://b1:9092,files:9092/t?consumer.x=1,files:/d,e,kafka://c:1/u");
    assertThat(
        places.endpoints().stream().map(each -> each.scheme() + " " + each.path()).toList(),
        is(List.of("kafka b1:9092,files:9092/t", "files /d,e", "kafka c:1/u")));
  }

  @Test
  void tiersMustGrow() {
    ServeOptions options = PipelineOptionsFactory.as(ServeOptions.class);
    options.setKeep(Duration.ofDays(7));
    options.setRollUp(List.of("PT1H:P90D", "P1D:P3650D"));
    KeepRules rules = Tiers.retention(options);
    assertThat(
        rules.tiers().stream().map(tier -> tier.width() + ":" + tier.kept()).toList(),
        is(List.of("PT1H:PT2160H", "PT24H:PT87600H")));
    for (String wrong : List.of("PT1H:P7D", "PT1H", "x:P90D", "PT0S:P90D")) {
      options.setRollUp(List.of(wrong));
      BadOption refused = assertThrows(BadOption.class, () -> Tiers.retention(options));
      assertThat(refused.getMessage(), containsString("e.g. --rollUp=PT1H:P90D"));
    }
    options.setRollUp(List.of("PT1H:P90D", "PT90M:P100D"));
    BadOption cut = assertThrows(BadOption.class, () -> Tiers.retention(options));
    assertThat(cut.getMessage(), containsString("is no multiple of PT1H"));
  }

  @Test
  void theKnownRollUpsAreOfOutputsThatThereAre() throws Exception {
    ServeOptions options = PipelineOptionsFactory.as(ServeOptions.class);
    options.setPort(0);
    options.setData(folder.resolve("data").toString());
    Map<String, Analysis<?>> analyses = Analysis.all();
    KeepRules rules = Tiers.retention(options);
    List<String> outputs =
        analyses.values().stream()
            .flatMap(
                analysis ->
                    analysis.outputs().stream()
                        .map(Output::name)
                        .map(o -> analysis.name() + "." + o))
            .toList();
    assertThat(
        rules.rolled().keySet().stream().filter(view -> !outputs.contains(view)).toList(),
        is(List.of()));
    try (Serving serving = Serving.open(options, line -> {})) {
      for (String view : rules.rolled().keySet()) {
        String name = view.substring(0, view.indexOf('.'));
        serving.add(analyses.get(name), Endpoint.of("serve", "files:" + folder.resolve(name)));
      }
      serving.start(); // it refuses columns that are not there
      assertThat(
          serving.views().all().stream().map(each -> each.analysis()).collect(Collectors.toSet()),
          is(
              rules.rolled().keySet().stream()
                  .map(view -> view.substring(0, view.indexOf('.')))
                  .collect(Collectors.toSet())));
    }
  }
}
