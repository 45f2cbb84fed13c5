package dhara.tools.deploy;

import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
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
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * A run of {@code deploy}.
 *
 * @param exit its exit code
 * @param out its standard output
 * @param err its standard error
 */
record Deployed(int exit, String out, String err) {

  static final List<String> FLINK =
      List.of(
          "--target=flink-operator",
          "--image=registry.example.com/dhara-flink:1.0",
          "--storage=s3://my-bucket/dhara");

  static final List<String> SPARK =
      List.of("--target=spark", "--image=registry.example.com/dhara-spark:1.0");

  /** Runs the command with several groups of arguments after one another. */
  @SafeVarargs
  static Deployed run(List<String>... parts) {
    return run(Map.of(), parts);
  }

  /** The same with environment variables. */
  @SafeVarargs
  static Deployed run(Map<String, String> variables, List<String>... parts) {
    List<String> words = new ArrayList<>(List.of("deploy"));
    for (List<String> part : parts) {
      words.addAll(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        Console.piped(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = Dhara.on(console).in(variables).run(words.toArray(String[]::new));
    return new Deployed(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The options of a stream that reads each input from a topic and writes to topics. */
  static List<String> topics(Analysis<?> analysis, String parameters) {
    List<String> options = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      options.add("--events=" + input.name() + "=kafka://broker:9092/" + input.name() + parameters);
    }
    options.add("--answers=kafka://broker:9092/answers");
    return options;
  }

  /** The documents of a file of YAML, in which no key may be there twice. */
  static List<Map<?, ?>> documents(Path file) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return StreamSupport.stream(
            new Yaml(strict).loadAll(Files.readString(file)).spliterator(), false)
        .<Map<?, ?>>map(document -> (Map<?, ?>) document)
        .toList();
  }

  /** What is at a path of keys, and of indexes of lists. */
  static Object at(Object yaml, Object... path) {
    Object here = yaml;
    for (Object key : path) {
      here =
          key instanceof Integer index ? ((List<?>) here).get(index) : ((Map<?, ?>) here).get(key);
    }
    return here;
  }

  /** The list at a path. */
  static List<Object> list(Object yaml, Object... path) {
    return List.copyOf((List<?>) at(yaml, path));
  }

  /** The contents of the files of a folder, by name. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
