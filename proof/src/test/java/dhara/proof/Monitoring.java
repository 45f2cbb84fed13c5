package dhara.proof;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads the files of {@code monitoring/} and the documentation. */
final class Monitoring {

  static final Path FOLDER = Path.of("..", "monitoring");

  private static final Path DOCUMENTATION = Path.of("..", "docs", "metrics.md");

  private static final Set<String> ALERT = Set.of("alert", "expr", "for", "labels", "annotations");

  /**
   * The parts of an expression that are not metrics: text, label matchers, ranges, and lists of
   * labels.
   */
  private static final Pattern ASIDE =
      Pattern.compile(
          "\"[^\"]*\"|\\{[^}]*}|\\[[^\\]]*]"
              + "|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

  private static final Pattern WORD = Pattern.compile("[a-zA-Z_:][\\w:]*(\\s*\\()?");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");
  private static final Pattern DOCUMENTED = Pattern.compile("`((?:dhara|flink)_\\w+)`");

  private Monitoring() {}

  /** The metrics that an expression of PromQL names. */
  static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    Matcher word = WORD.matcher(ASIDE.matcher(expression).replaceAll(" "));
    while (word.find()) {
      if (word.group(1) == null && !OPERATORS.contains(word.group())) {
        metrics.add(word.group());
      }
    }
    if (metrics.isEmpty()) {
      throw new IllegalStateException("names no metric: " + expression);
    }
    return metrics;
  }

  /** The expressions of the alerts. */
  static List<String> alerts() throws IOException {
    Map<?, ?> file = yaml("alerts.yml");
    only(file, Set.of("groups"));
    List<String> expressions = new ArrayList<>();
    for (Object each : (List<?>) file.get("groups")) {
      Map<?, ?> group = (Map<?, ?>) each;
      only(group, Set.of("name", "rules"));
      for (Object rule : (List<?>) group.get("rules")) {
        Map<?, ?> alert = (Map<?, ?>) rule;
        only(alert, ALERT);
        String name = (String) alert.get("alert");
        String wait = (String) alert.get("for");
        if (name == null || (wait != null && !wait.matches("\\d+[smhd]"))) {
          throw new IllegalStateException("no alert: " + alert);
        }
        expressions.add((String) alert.get("expr"));
      }
    }
    return expressions;
  }

  private static Map<?, ?> yaml(String name) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(strict)).load(Files.readString(FOLDER.resolve(name)));
  }

  private static void only(Map<?, ?> map, Set<String> keys) {
    if (!keys.containsAll(map.keySet())) {
      throw new IllegalStateException("knows " + keys + " only: " + map.keySet());
    }
  }

  /** The queries of the dashboard. */
  static List<String> queries() throws IOException {
    JsonNode dashboard =
        new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readTree(FOLDER.resolve("dashboard.json").toFile());
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        queries.add(target.get("expr").asText());
      }
    }
    JsonNode variable = dashboard.get("templating").get("list").get(1).get("query").get("query");
    Matcher values =
        Pattern.compile("label_values\\((\\w+), job_name\\)").matcher(variable.asText());
    if (!values.matches()) {
      throw new IllegalStateException("no values of a label: " + variable);
    }
    queries.add(values.group(1));
    return queries;
  }

  /** Every metric that the documentation names. */
  static Set<String> documented() throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher name = DOCUMENTED.matcher(Files.readString(DOCUMENTATION));
    while (name.find()) {
      String found = name.group(1);
      if (!found.endsWith("_")) {
        names.add(found.startsWith("dhara_") ? Scrape.OPERATOR + found : found);
      }
    }
    return names;
  }
}
