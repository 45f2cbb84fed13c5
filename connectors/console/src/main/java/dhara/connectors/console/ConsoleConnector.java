package dhara.connectors.console;

import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.RowFormat;
import dhara.terminal.Screen;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.POutput;

/**
 * The console of the command. A bounded run keeps its rows, and the command prints them at the end,
 * as a table or as JSON lines; a stream prints JSON lines at once, unless a {@link Screen} shows
 * them.
 */
@AutoService(Connector.class)
public final class ConsoleConnector implements Connector {

  private static final Set<String> PARAMETERS = Set.of("format", "rows");

  @Override
  public String scheme() {
    return "console";
  }

  @Override
  public String shape() {
    return "console";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.APPEND, Ability.DELETE);
  }

  /** Always valid. */
  @Override
  public boolean overlaps(Place place, Place other) {
    return false;
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    check(endpoint, run.bounded());
    return run.bounded()
        ? Target.of(inTheFolderOf(run, endpoint, rows)).keptInTheRun()
        : Target.of(new ToConsole<>(rows.name(), rows.format(), rows.aside()));
  }

  /**
   * Keeps the rows of a bounded run in its folder; the command prints them once the run has
   * succeeded.
   */
  private static <T> PTransform<PCollection<T>, ? extends POutput> inTheFolderOf(
      Run run, Endpoint endpoint, Rows<T> rows) {
    Endpoint folder = run.folder().endpoint(endpoint.option());
    return Connector.of(folder, Ability.UPSERT, Ability.APPEND).target(folder, rows, run).write();
  }

  /** Checks the parameters: {@code format=table|jsonl}, {@code rows=20}. */
  private static void check(Endpoint endpoint, boolean bounded) {
    endpoint.allow(PARAMETERS);
    String format = endpoint.parameter("format", "jsonl");
    if (!format.equals("jsonl") && !format.equals("table")) {
      throw endpoint.bad("format=" + format + " is not known; it is table or jsonl");
    }
    String rows = endpoint.parameter("rows", "0");
    if (!rows.matches("\\d{1,9}")) {
      throw endpoint.bad("rows=" + rows + " is not a number of rows, e.g. rows=20; 0 shows all");
    }
    if (!bounded && (format.equals("table") || endpoint.parameters().containsKey("rows"))) {
      throw endpoint.bad("a stream prints JSON lines as they come; leave out format and rows");
    }
  }

  /**
   * Prints the rows of a stream as they come: JSON lines on standard output, dead letters on
   * standard error.
   */
  private static final class ToConsole<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final String output;
    private final RowFormat<T> rows;
    private final boolean errors;

    ToConsole(String output, RowFormat<T> rows, boolean errors) {
      this.output = output;
      this.rows = rows;
      this.errors = errors;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      elements.apply("Print", ParDo.of(new PrintFn<>(output, rows, errors)));
      return PDone.in(elements.getPipeline());
    }
  }

  private static final class PrintFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String output;
    private final RowFormat<T> rows;
    private final boolean errors;

    PrintFn(String output, RowFormat<T> rows, boolean errors) {
      this.output = output;
      this.rows = rows;
      this.errors = errors;
    }

    @ProcessElement
    public void process(@Element T element) throws IOException {
      byte[] json = rows.json(element);
      Screen screen = Screen.used();
      if (screen != null
          && screen.shows(
              output, errors, rows.jsonKey(element), rows.withdrawn(element) ? null : json)) {
        return;
      }
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      PrintStream out = errors ? System.err : System.out;
      // One call, so that lines of other threads do not mix in; bytes, because JSON is UTF-8 in any
      // locale.
      out.write(line, 0, line.length);
      out.flush();
    }
  }
}
