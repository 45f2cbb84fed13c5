package dhara.engine;

import dhara.options.BadOption;
import dhara.options.UriText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The options set on the engine: by the user, or else by Dhara, each with its reason.
 *
 * @param engine the engine of this class path
 * @param settings in the engine's order
 */
public record EngineSettings(Engine engine, List<Setting> settings) {

  /** The pipelines for which Dhara sets an option. */
  enum Scope {
    ALL(""),
    BACKFILLS(", in backfills"),
    STREAMS(", in streams");

    private final String shown;

    Scope(String shown) {
      this.shown = shown;
    }

    boolean has(boolean streams) {
      return this == ALL || this == (streams ? STREAMS : BACKFILLS);
    }
  }

  /**
   * An option of the engine.
   *
   * @param option its name, without dashes
   * @param value what it is set to
   * @param reason why, if Dhara set it
   * @param byUser who set it
   * @param scope the pipelines for which Dhara sets it
   */
  record Setting(String option, String value, String reason, boolean byUser, Scope scope) {

    static Setting of(Engine.Default by, Scope scope) {
      return new Setting(by.option(), by.value(), by.reason(), false, scope);
    }

    Setting byUser(Map<String, List<String>> given) {
      return new Setting(option, String.join(",", given.get(option)), "", true, Scope.ALL);
    }

    String argument() {
      return "--" + option + "=" + value;
    }

    /** The same without a secret. */
    String shown() {
      return UriText.shown(argument());
    }
  }

  /**
   * The engine on the class path.
   *
   * @throws BadOption if there is none, or more than one
   */
  public static Engine found() {
    List<Engine> engines = engines();
    if (engines.size() != 1) {
      throw new BadOption(
          "the class path",
          null,
          "holds "
              + (engines.isEmpty() ? "no engine" : engines.stream().map(Engine::name).toList())
              + "; run with the class path of one runner module, e.g. runners/direct");
    }
    return engines.get(0);
  }

  /** The engine with this name on the class path. */
  public static Engine named(String name) {
    return engines().stream()
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new BadOption("the class path", null, "holds no engine " + name));
  }

  /** The names of the engines on the class path. */
  public static List<String> names() {
    return engines().stream().map(Engine::name).toList();
  }

  private static List<Engine> engines() {
    return ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /**
   * The settings of an engine, given the user's options.
   *
   * @param given the user's options, by name without dashes
   * @param beam those of them that are Beam's, as its arguments
   * @param atOnce whether answers of a stream come at the arrival of events
   */
  public static EngineSettings of(
      Engine engine, Map<String, List<String>> given, List<String> beam, boolean atOnce) {
    List<Setting> settings = new ArrayList<>();
    settings.add(
        new Setting(
            "runner", engine.runner().getName(), "the engine of this jar", false, Scope.ALL));
    for (Engine.Default d : engine.defaults()) {
      settings.add(Setting.of(d, Scope.ALL));
    }
    List<String> sofar = new ArrayList<>(beam);
    settings.stream()
        .filter(setting -> !given.containsKey(setting.option))
        .map(Setting::argument)
        .forEach(sofar::add);
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(sofar.toArray(String[]::new)).create();
    for (Engine.Default d : engine.streamDefaults(options, atOnce)) {
      settings.add(Setting.of(d, Scope.STREAMS));
    }
    for (Engine.Default d : engine.backfillDefaults()) {
      settings.add(Setting.of(d, Scope.BACKFILLS));
    }
    return new EngineSettings(
        engine,
        settings.stream()
            .map(setting -> given.containsKey(setting.option) ? setting.byUser(given) : setting)
            .distinct()
            .toList());
  }

  /**
   * The options that Dhara sets, as Beam's arguments.
   *
   * @param streams whether the pipeline streams
   */
  public List<String> arguments(boolean streams) {
    return settings.stream()
        .filter(setting -> !setting.byUser && setting.scope.has(streams))
        .map(Setting::argument)
        .toList();
  }

  /** The values that Dhara sets, by option. */
  public Map<String, String> byDhara() {
    Map<String, String> values = new LinkedHashMap<>();
    settings.stream()
        .filter(setting -> !setting.byUser)
        .forEach(setting -> values.putIfAbsent(setting.option, setting.value));
    return values;
  }

  /** A line for each: option, value, who set it, and why. */
  public List<String> explain() {
    int width = settings.stream().mapToInt(s -> s.shown().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add("Engine: " + engine.name());
    for (Setting s : settings) {
      String why = s.byUser ? "you" : "Dhara" + s.scope.shown + ": " + s.reason;
      lines.add(("  %-" + width + "s  %s").formatted(s.shown(), why));
    }
    return lines;
  }
}
