package dhara.proof;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/** One scrape of a Prometheus endpoint. */
record Scrape(List<Sample> samples) {

  /** The prefix of the names of operator metrics. */
  static final String OPERATOR = "flink_taskmanager_job_task_operator_";

  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([^ ]+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  /** One value. */
  record Sample(String name, Map<String, String> labels, double value) {

    String operator() {
      return labels.getOrDefault("operator_name", "");
    }
  }

  /** Asks the endpoint. */
  static Scrape of(HttpClient http, int port) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("the endpoint answered " + response.statusCode());
    }
    return parse(response.body());
  }

  private static Scrape parse(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (!sample.matches()) {
        throw new IllegalStateException("no sample: " + line);
      }
      Map<String, String> labels = new HashMap<>();
      if (sample.group(2) != null) {
        Matcher label = LABEL.matcher(sample.group(2));
        while (label.find()) {
          labels.put(label.group(1), label.group(2));
        }
      }
      samples.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
    }
    return new Scrape(samples);
  }

  /** All names. */
  Set<String> names() {
    return samples.stream().map(Sample::name).collect(toCollection(TreeSet::new));
  }

  /** The operators that show a metric of Dhara. */
  Set<String> metered() {
    return samples.stream()
        .filter(sample -> sample.name.startsWith(OPERATOR + "dhara_"))
        .map(Sample::operator)
        .collect(toCollection(TreeSet::new));
  }

  /** The values of a metric over all workers. */
  DoubleStream of(String name) {
    return of(name, "");
  }

  /** The values of a metric over the workers of operators with this name prefix. */
  DoubleStream of(String name, String operator) {
    return samples.stream()
        .filter(sample -> sample.name.equals(name) && sample.operator().startsWith(operator))
        .mapToDouble(Sample::value);
  }

  /** The sum of an operator metric over all workers. */
  long sum(String metric) {
    return (long) of(OPERATOR + metric).sum();
  }
}
