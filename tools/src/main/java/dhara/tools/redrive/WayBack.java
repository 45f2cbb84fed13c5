package dhara.tools.redrive;

import dhara.assembly.InputOptions;
import dhara.cli.Checked;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Connector.Rows;
import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import dhara.connectors.TimeBounds;
import dhara.connectors.TooLong;
import dhara.connectors.kafka.TopicWriter;
import dhara.events.Event;
import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.tools.generate.LineWriter;
import dhara.tools.replay.RecordKey;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The way back of dead letters.
 *
 * @param name the input that read them, or the output whose rows they are
 * @param mender makes of letters what is sent
 * @param file the new file that is written; null if none is
 * @param opening opens what sends
 */
record WayBack(String name, Mender mender, @Nullable Path file, Supplier<Outlet> opening) {

  private static final String JSONL = ".*\\.(jsonl|ndjson)";
  private static final String CSV = ".*\\.csv";

  /**
   * The way that the user asked for. Nothing is opened yet.
   *
   * @throws BadOption if the options contradict each other, or the place cannot take letters
   */
  static WayBack of(Analysis<?> analysis, RedriveOptions options, LineWriter writer) {
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    if (options.getAttempts() < 1) {
      throw new BadOption("--attempts", options.getAttempts(), "is below one, e.g. --attempts=3");
    }
    Endpoint to = Endpoint.of("--to", options.getTo());
    return options.getOutput() == null
        ? events(analysis, Checked.input(analysis, options.getInput()), to, options, writer)
        : rows(output(analysis, options), analysis, to);
  }

  private static <T extends Record & Event> WayBack events(
      Analysis<?> analysis,
      Input<T> input,
      Endpoint to,
      RedriveOptions options,
      LineWriter writer) {
    Path file = to.scheme().equals("files") ? file(to, options) : null;
    if (file == null && !to.scheme().equals("kafka")) {
      throw to.bad(
          "is neither a topic nor a file; write kafka://broker:9092/topic, or a new file such as"
              + " data/redriven.jsonl. Rows that a webhook or Redis did not take are sent by"
              + " --output=NAME");
    }
    Mapping mapping =
        InputOptions.ofInput(InputOptions.mapping(options.getMap()), input, analysis.inputs());
    String header = file != null && file.toString().matches(CSV) ? header(options) : null;
    boolean rewritten = options.getCanonical() || (options.getColumns() != null && header == null);
    Mender mender =
        new EventMender<>(
            new Decoding<>(
                input.name(),
                format(input.type(), mapping, options),
                new TimeBounds(options.getNotBefore(), options.getMaxSkew()),
                options.getMaxEventBytes()),
            RecordKey.of(input.type(), options.getKey()),
            writer,
            rewritten);
    return file == null
        ? new WayBack(
            input.name(),
            mender,
            null,
            () -> new TopicOutlet(TopicWriter.openExisting(to, options.getMaxEventBytes())))
        : new WayBack(input.name(), mender, file, () -> new FileOutlet(to, file, header));
  }

  private static Path file(Endpoint to, RedriveOptions options) {
    if (!to.parameters().isEmpty()) {
      throw to.bad("takes no parameters here; the ending of the file tells its format");
    }
    Path file = Checked.file("--to", to.path());
    boolean csv = file.toString().matches(CSV);
    if (!csv && !file.toString().matches(JSONL)) {
      throw to.bad("ends neither in .jsonl nor in .csv; name a new file such as redriven.jsonl");
    } else if (csv && options.getColumns() == null) {
      throw to.bad("needs the names of its columns, --columns=id,at,…; or name a file .jsonl");
    } else if (csv && options.getCanonical()) {
      throw to.bad("is a file of CSV, and --canonical writes JSON; name a file .jsonl");
    }
    return file;
  }

  private static <T extends Record> EventFormat<T> format(
      Class<T> type, Mapping mapping, RedriveOptions options) {
    List<String> columns = options.getColumns();
    try {
      return columns == null
          ? JsonFormat.of(type, mapping)
          : CsvFormat.of(type, mapping, delimiter(options), columns);
    } catch (IllegalArgumentException e) {
      throw new BadOption(
          columns == null ? "--map" : "--columns",
          columns == null ? mapping : String.join(",", columns),
          e.getMessage(),
          e);
    }
  }

  private static char delimiter(RedriveOptions options) {
    String said = options.getDelimiter();
    if (said.equals("tab")) {
      return '\t';
    } else if (said.length() != 1) {
      throw new BadOption("--delimiter", said, "is not one character, or tab, e.g. --delimiter=;");
    }
    return said.charAt(0);
  }

  private static String header(RedriveOptions options) {
    char delimiter = delimiter(options);
    return options.getColumns().stream()
        .map(
            column ->
                column.indexOf(delimiter) < 0 && column.indexOf('"') < 0
                    ? column
                    : '"' + column.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(String.valueOf(delimiter)));
  }

  private static Output<?, ?> output(Analysis<?> analysis, RedriveOptions options) {
    String name = options.getOutput();
    if (options.getInput() != null
        || options.getMap() != null
        || options.getColumns() != null
        || options.getCanonical()) {
      throw new BadOption(
          "--output",
          name,
          "sends rows as they were; leave out --input, --map, --columns and --canonical, which are"
              + " for events");
    }
    List<String> names = analysis.outputs().stream().map(Output::name).toList();
    return analysis.outputs().stream()
        .filter(output -> output.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadOption(
                    "--output",
                    name,
                    "is no output of "
                        + analysis.name()
                        + "; it has "
                        + names
                        + "."
                        + Nearest.question(name, names)));
  }

  private static <K extends Record, V extends Record> WayBack rows(
      Output<K, V> output, Analysis<?> analysis, Endpoint to) {
    Connector connector = Connector.of(to, Ability.values());
    if (!connector.abilities().contains(Ability.RESEND)) {
      throw to.bad(
          "takes no rows again; --output is for the system that did not take them, e.g."
              + " webhook://HOST/PATH or redis://HOST:6379/NAME");
    }
    String suffix = analysis.outputs().indexOf(output) == 0 ? "" : "-" + output.name();
    Rows<?> rows =
        output.acts()
            ? rows(output.name(), suffix, RowFormat.effects(output.key(), output.value()))
            : rows(output.name(), suffix, RowFormat.answers(output.key(), output.value()));
    return new WayBack(
        output.name(),
        new RowMender(rows.format(), output.acts()),
        null,
        () -> new RowOutlet(connector.sender(to, rows)));
  }

  private static <T> Rows<T> rows(String name, String suffix, RowFormat<T> format) {
    return new Rows<>(name, suffix, true, false, format, TooLong.fails(), null);
  }
}
