package dhara.cli;

import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.options.ProvisionalOptions;
import dhara.terminal.Console;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options of a command, as a picocli specification: those of its options interface, those of
 * the command line itself, and, for an analysis, those of the engine and of Beam.
 */
public final class Arguments {

  private static final String VERBOSE = "--verbose";
  private static final String EXPLAIN = "--explain";
  private static final String ALL = "--all";
  private static final String HELP = "--help";
  private static final String FILE = "--options";
  private static final String AUDIT = "--audit";

  /** Options of windows that an analysis may not have, if its windows are of the calendar. */
  private static final Set<String> WINDOWS = Set.of("--window", "--every", "--gap");

  private static final String SINCE = "--since";

  /** The least width that picocli can lay out. */
  private static final int NARROWEST = 55;

  /** Longer lines are hard to read. */
  private static final int WIDEST = 100;

  /** The columns of a line of help that picocli does not use for the description of an option. */
  private static final int BESIDE = 31;

  private final String command;
  private final String places;
  private final Class<? extends PipelineOptions> options;
  private final List<TypedOption> typed;
  private final Map<String, BeamOption> engine = new TreeMap<>();

  private Arguments(String command, String places, Class<? extends PipelineOptions> options) {
    this.command = command;
    this.places = places;
    this.options = options;
    this.typed = new ArrayList<>(TypedOption.of(options));
  }

  /**
   * The arguments of a verb: its own options only.
   *
   * @param places the positional arguments, before, between or after the options: {@code ANALYSIS}
   */
  public static Arguments ofVerb(
      String command, String places, Class<? extends PipelineOptions> options) {
    return new Arguments(command, places, options);
  }

  /** The arguments of an analysis: its own options, and those of Beam and of the engine. */
  public static Arguments ofAnalysis(String command, Class<? extends PipelineOptions> options) {
    return ofAnalysis(command, "", options);
  }

  /** The same with positional arguments: {@code A B}. */
  public static Arguments ofAnalysis(
      String command, String places, Class<? extends PipelineOptions> options) {
    Arguments arguments = new Arguments(command, places, options);
    arguments.engine.putAll(BeamOption.registered());
    arguments.typed.forEach(option -> arguments.engine.remove(option.name()));
    return arguments;
  }

  /** The arguments of an analysis together with those of a verb that works on it. */
  public static Arguments ofAnalysis(
      String command,
      Class<? extends PipelineOptions> options,
      Class<? extends PipelineOptions> verb) {
    Arguments arguments = ofAnalysis(command, options);
    arguments.typed.addAll(TypedOption.of(verb));
    return arguments;
  }

  /** The word before the options: a verb, or an analysis. */
  public String command() {
    return command;
  }

  /** The options of the command's own interface. */
  List<TypedOption> typed() {
    return typed;
  }

  /**
   * What the user gave.
   *
   * @param values by option name, without dashes, in order
   * @param from where the value of an option comes from, if not from the command line
   * @param places the positional arguments, in order
   * @param verbose whether failures are printed with their stack traces
   * @param explain whether to show the settings instead of running
   * @param help whether to show the help instead of running
   * @param all whether the help shows the engine's options too
   */
  public record Given(
      Map<String, List<String>> values,
      Map<String, String> from,
      List<String> places,
      boolean verbose,
      boolean explain,
      boolean help,
      boolean all) {

    /** The error about an option, with the place that its value comes from. */
    public BadOption placed(BadOption error) {
      return from.entrySet().stream()
          .filter(option -> error.getMessage().matches("(?s)--" + option.getKey() + "[=:].*"))
          .findFirst()
          .map(option -> new BadOption(option.getValue(), null, error.getMessage(), error))
          .orElse(error);
    }
  }

  /**
   * Reads arguments.
   *
   * @throws BadOption if one is unknown, lacks its value, or a required one is missing
   */
  public Given parse(List<String> arguments) {
    return parse(arguments, Map.of());
  }

  /**
   * The same, with the options that the environment sets.
   *
   * @param variables of the environment: {@code DHARA_MAX_EVENT_BYTES} is {@code --maxEventBytes}
   */
  public Given parse(List<String> arguments, Map<String, String> variables) {
    CommandLine commandLine =
        new CommandLine(spec(false, Map.of(), WIDEST)).setExpandAtFiles(false);
    if (places.isEmpty() && arguments.contains("--")) {
      throw new BadOption(
          "--",
          null,
          "ends the options, and " + command + " takes nothing but options; leave it out");
    }
    CommandLine.ParseResult result;
    try {
      result = commandLine.parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.UnmatchedArgumentException e) {
      throw unknown(e.getUnmatched().get(0));
    } catch (CommandLine.MissingParameterException e) {
      String name = e.getMissing().get(0) instanceof OptionSpec o ? o.longestName() : command;
      throw new BadOption(name, null, "has no value; write " + name + "=VALUE", e);
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (OptionSpec option : result.matchedOptionsSet()) {
      if (option.isMultiValue() && !Set.of(FILE, AUDIT).contains(option.longestName())) {
        values.put(option.longestName().substring(2), option.getValue());
      }
    }
    OptionSources said = new OptionSources(values);
    Set<String> known = new LinkedHashSet<>(engine.keySet());
    typed.forEach(option -> known.add(option.name()));
    result
        .matchedOptionValue(FILE, List.<String>of())
        .forEach(file -> said.file(file, known, this::unknown));
    said.environment(variables, typed.stream(), engine.keySet().stream());
    return new Given(
        said.values(),
        said.places(),
        places.isEmpty() ? List.of() : result.matchedPositionalValue(0, List.<String>of()),
        result.hasMatchedOption(VERBOSE),
        result.hasMatchedOption(EXPLAIN),
        result.hasMatchedOption(HELP),
        result.hasMatchedOption(ALL));
  }

  /** What says the same here as an option of other analyses; empty if nothing does. */
  private static String instead(String name, Set<String> known) {
    return WINDOWS.contains(name) && known.contains(SINCE)
        ? " Its windows are days, weeks or months; " + SINCE + " says which."
        : "";
  }

  private BadOption unknown(String argument) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    String hint = " '" + Launcher.command("help " + command) + "' shows them all.";
    if (!name.startsWith("-")) {
      return new BadOption(
          argument,
          null,
          "is no option of " + command + "; options look like --name=value." + hint);
    }
    Set<String> known = new LinkedHashSet<>(List.of(VERBOSE, EXPLAIN, HELP, FILE, AUDIT));
    typed.forEach(option -> known.add("--" + option.name()));
    String question = instead(name, known);
    if (question.isEmpty()) {
      question = Nearest.question(name, known);
    }
    if (question.isEmpty()) {
      question = Nearest.question(name, engine.keySet().stream().map(o -> "--" + o).toList());
    }
    return new BadOption(name, null, "is no option of " + command + "." + question + hint);
  }

  /**
   * Options of the command's interface, set to what the user gave; those of Beam and the engine to
   * what {@code beam} says.
   *
   * @param beam Beam's arguments: {@code --name=value}
   */
  public <O extends PipelineOptions> O build(Class<O> type, Given given, List<String> beam) {
    List<TypedOption> own =
        typed.stream().filter(option -> option.owner().isAssignableFrom(type)).toList();
    for (TypedOption option : own) {
      if (option.required() && !given.values.containsKey(option.name())) {
        throw new BadOption("--" + option.name(), null, "is missing. " + option.description());
      }
    }
    O built = PipelineOptionsFactory.fromArgs(beam.toArray(String[]::new)).as(type);
    for (TypedOption option : own) {
      List<String> values = given.values.get(option.name());
      if (values != null) {
        option.set(built, values);
      }
    }
    return built;
  }

  /** Whether the answers of a stream come at the arrival of events. */
  public boolean provisional(Given given) {
    return ProvisionalOptions.provisional(
        build(ProvisionalOptions.class, given, List.of()), options);
  }

  /**
   * The options of Beam and the engine that the user gave, as Beam's arguments.
   *
   * @throws BadOption if Beam cannot read the value of one
   */
  public List<String> beam(Given given) {
    List<String> beam = new ArrayList<>();
    given.values.forEach(
        (name, values) -> {
          if (engine.containsKey(name)) {
            List<String> one = values.stream().map(value -> "--" + name + "=" + value).toList();
            try {
              PipelineOptionsFactory.fromArgs(one.toArray(String[]::new)).create();
            } catch (IllegalArgumentException e) {
              throw new BadOption(
                  "--" + name, String.join(",", values), "Beam refuses it: " + e.getMessage(), e);
            }
            beam.addAll(one);
          }
        });
    return beam;
  }

  /** The help text of the options, in the width of the terminal. */
  public String help(
      boolean all, Map<String, String> setByDhara, List<String> header, Console console) {
    int width = Math.max(NARROWEST, Math.min(console.columns(), WIDEST));
    CommandSpec spec = spec(all, setByDhara, width - BESIDE);
    spec.usageMessage().width(width);
    spec.usageMessage()
        .description(header.stream().flatMap(line -> lines(line, width)).toArray(String[]::new));
    return new CommandLine(spec)
        .getUsageMessage(console.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }

  /**
   * What a shell may complete: the options, without those of the engine, which are too many to
   * choose from.
   *
   * @param analyses the names of analyses that can be completed; each has the same options after it
   */
  public CommandSpec completed(Collection<String> analyses) {
    CommandSpec spec = spec(false, Map.of(), WIDEST);
    if (places.equals(Verb.ANALYSIS)) {
      analyses.forEach(analysis -> spec.addSubcommand(analysis, spec(false, Map.of(), WIDEST)));
    }
    return spec;
  }

  /**
   * Options of the engine are always accepted.
   *
   * @param all whether they are shown too
   * @param columns the width of descriptions
   */
  private CommandSpec spec(boolean all, Map<String, String> setByDhara, int columns) {
    CommandSpec spec = CommandSpec.create().name(Launcher.NAME + " " + command);
    spec.usageMessage()
        .customSynopsis((Launcher.NAME + " " + command + " " + places).strip() + " [OPTION...]")
        .sortOptions(false)
        .optionListHeading("%n");
    spec.parser().splitQuotedStrings(false);
    Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
    for (TypedOption option : typed) {
      groups
          .computeIfAbsent(heading(option.owner()), heading -> group(groups.size(), heading))
          .addArg(spec(option, columns));
    }
    if (!engine.isEmpty()) {
      ArgGroupSpec.Builder group = group(groups.size(), "Options of the engine and of Beam");
      engine.values().forEach(option -> group.addArg(spec(option, all, setByDhara, columns)));
      if (all) {
        groups.put("", group);
      } else {
        engine.values().forEach(option -> spec.addOption(spec(option, false, setByDhara, columns)));
      }
    }
    groups.values().forEach(group -> spec.addArgGroup(group.build()));
    if (!places.isEmpty()) {
      spec.addPositional(
          PositionalParamSpec.builder()
              .index("0..*")
              .arity("0..*")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .paramLabel(places)
              .hidden(true)
              .build());
    }
    spec.addOption(own("Show this help", HELP, "-h"));
    spec.addOption(
        values(FILE.substring(2), "FILE", false)
            .description(
                wrapped(
                    "Read options from a file of lines NAME=VALUE; the command line beats it, and"
                        + " it beats the environment (DHARA_NAME).",
                    "",
                    columns))
            .build());
    spec.addOption(
        values(AUDIT.substring(2), "FILE", false)
            .description(
                wrapped(
                    "Append to a file who ran this, when, and how it ended, if it changes"
                        + " something; by default to the file of DHARA_AUDIT, if that is set.",
                    "",
                    columns))
            .build());
    spec.addOption(own("Show failures with stack traces, and the engine's log", VERBOSE));
    if (!engine.isEmpty()) {
      spec.addOption(
          own(
              "Show what would be read and written and which engine options are set, without "
                  + "running",
              EXPLAIN));
      spec.addOption(own("With --help: the options of the engine and of Beam too", ALL));
    }
    return spec;
  }

  private static OptionSpec own(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  private static ArgGroupSpec.Builder group(int order, String heading) {
    return ArgGroupSpec.builder()
        .validate(false)
        .order(order)
        .heading("%n" + plain(heading) + ":%n");
  }

  private String heading(Class<?> owner) {
    if (owner == options) {
      return "Options of " + command;
    }
    String words = owner.getSimpleName().replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ");
    return words.charAt(0) + words.substring(1).toLowerCase(Locale.ROOT);
  }

  private static OptionSpec spec(TypedOption option, int columns) {
    String note = option.required() ? "Required." : "";
    if (!option.defaultText().isEmpty()) {
      note = "Default: " + option.defaultText();
    }
    OptionSpec.Builder values = values(option.name(), option.label(), option.flag());
    if (option.type().isEnum()) {
      values.completionCandidates(List.of(option.label().split("\\|")));
    }
    return values.description(wrapped(sentence(option.description()), note, columns)).build();
  }

  private static OptionSpec spec(
      BeamOption option, boolean shown, Map<String, String> setByDhara, int columns) {
    String note = "";
    if (setByDhara.containsKey(option.name())) {
      note = "Dhara sets: " + setByDhara.get(option.name());
    } else if (!option.defaultText().isEmpty()) {
      note = "Default: " + option.defaultText();
    }
    String label = option.type().getSimpleName().toUpperCase(Locale.ROOT);
    return values(option.name(), label, option.flag())
        .description(wrapped(sentence(option.description()), note, columns))
        .hidden(!shown)
        .build();
  }

  private static OptionSpec.Builder values(String name, String label, boolean flag) {
    OptionSpec.Builder builder =
        OptionSpec.builder("--" + name)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label);
    return flag ? builder.arity("0..1").fallbackValue("true") : builder.arity("1");
  }

  /**
   * Lines of a description, broken at spaces only: picocli itself would break {@code e.g.}, a URI
   * or an example in its middle.
   *
   * @param note stands at the end, and on one line if it fits there; may be empty
   */
  private static String[] wrapped(String text, String note, int columns) {
    List<String> words = new ArrayList<>(List.of(text.split(" ", -1)));
    words.addAll(note.length() < columns ? List.of(note) : List.of(note.split(" ", -1)));
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      if (word.isEmpty()) {
        continue;
      }
      if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
        lines.add(plain(line.toString()));
        line = new StringBuilder(" "); // with the next space, a hanging indent
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(plain(line.toString()));
    return lines.toArray(String[]::new);
  }

  /** The lines of a header, broken at spaces only; what has lines of its own stays as it is. */
  private static Stream<String> lines(String text, int width) {
    if (text.length() < width || text.contains("\n")) {
      return Stream.of(plain(text));
    }
    List<String> lines = new ArrayList<>();
    for (String word : text.split(" ", -1)) {
      int last = lines.size() - 1;
      if (last >= 0 && lines.get(last).length() + 1 + word.length() < width) {
        lines.set(last, lines.get(last) + " " + word);
      } else {
        lines.add(word);
      }
    }
    return lines.stream().map(Arguments::plain);
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".") ? text : text + ".";
  }

  /** Escapes text for picocli's format strings and markup. */
  private static String plain(String text) {
    return text.replace("%", "%%").replace("@|", "@\u200b|");
  }
}
