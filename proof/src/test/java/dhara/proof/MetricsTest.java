package dhara.proof;

import dhara.parity.EmbeddedKafka;
import dhara.pipelines.Analysis;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  @TempDir Path folder;

  @Test
  void scrape() throws Exception {
    Configuration c = new Configuration();
    c.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    c.setString("metrics.reporter.prom.port", "19249-19260");
    Analysis<?> analysis = Analysis.all().get("order-metrics");
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(2, folder, c)) {
      Replayed replayed =
          Replayed.of(
              kafka,
              folder,
              analysis,
              "orders",
              1,
              1500,
              List.of("--late=0.03", "--lateBy=PT2M", "--duplicates=0.05", "--garbage=0.03"));
      try (FlinkCluster.RunningStream stream =
          cluster.stream(
              List.of(
                  "order-metrics",
                  "--events=" + kafka.uri("orders"),
                  "--answers=" + kafka.uri("answers"),
                  "--lateness=PT20S",
                  "--idleAfter=PT1S",
                  "--checkpointingInterval=500"))) {
        System.out.println(new Settling(kafka, stream).check(analysis, replayed, "answers"));
        Thread.sleep(12000);
        Files.writeString(
            Path.of("/tmp/wt-metrics-scratch/scrape.txt"),
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create("http://localhost:19249/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
      }
    }
  }
}
