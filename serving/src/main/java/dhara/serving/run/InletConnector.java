package dhara.serving.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.engine.Engine;
import dhara.engine.Launcher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The store of a server in this process: {@code memory://RUN}, the answers of {@code serve --run}.
 *
 * <p>A bundle of a stream ends when its rows are committed. An engine covers by a checkpoint only
 * bundles that have ended, so no row that a checkpoint covers can be missing from the store. Rows
 * that come again after a restart have higher revisions, or are equal.
 */
@AutoService(Connector.class)
public final class InletConnector implements Connector {

  static final String SCHEME = "memory";

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String shape() {
    return SCHEME + "://RUN";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.UPSERT, Ability.DELETE, Ability.FOLLOW);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    Inlets inlets = inlets(endpoint);
    if (!embedded(run.options())) {
      throw endpoint.bad(
          "only workers in the process of the server reach it, and those of a cluster are others;"
              + " write to a topic, and serve that: "
              + Launcher.command("serve ANALYSIS=kafka://HOST:9092/TOPIC"));
    }
    if (run.bounded()) {
      Endpoint folder = Endpoint.of(endpoint.option(), "files:" + inlets.folder());
      return Connector.of(folder, Ability.APPEND).target(folder, rows, run);
    }
    inlets.stream();
    return Target.of(new Pass<>(inlets.run(), rows.name(), rows.format()))
        .every(Duration.ofSeconds(1));
  }

  @Override
  public RowFeed feed(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    return new InletFeed(inlets(endpoint), name);
  }

  private static Inlets inlets(Endpoint endpoint) {
    endpoint.allow(Set.of());
    Inlets inlets = Inlets.of(endpoint.path());
    if (inlets == null) {
      throw endpoint.bad(
          "is no run of this process; a server runs an analysis and takes its answers by "
              + Launcher.command("serve --run='ANALYSIS --events=URI'"));
    }
    return inlets;
  }

  /** Whether all workers are in this process. */
  private static boolean embedded(PipelineOptions options) {
    return ServiceLoader.load(Engine.class).stream()
        .map(ServiceLoader.Provider::get)
        .anyMatch(engine -> engine.runner() == options.getRunner() && engine.embedded(options));
  }

  private static final class Pass<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final String run;
    private final String output;
    private final RowFormat<T> rows;

    Pass(String run, String output, RowFormat<T> rows) {
      this.run = run;
      this.output = output;
      this.rows = rows;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      elements.apply("Pass", ParDo.of(new PassFn<>(run, output, rows)));
      return PDone.in(elements.getPipeline());
    }
  }

  /** Brings the rows of a bundle, and does not end the bundle before they are committed. */
  static final class PassFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String run;
    private final String name;
    private final RowFormat<T> rows;
    private transient @Nullable Inlet inlet;
    private transient List<WrittenRow> part;
    private transient @Nullable CompletableFuture<Void> last;

    PassFn(String run, String name, RowFormat<T> rows) {
      this.run = run;
      this.name = name;
      this.rows = rows;
    }

    @Setup
    public void setUp() {
      Inlets inlets = Inlets.of(run);
      if (inlets == null) {
        throw new IllegalStateException("the server of " + run + " is not in this process");
      }
      inlet = inlets.inlet(name);
    }

    @StartBundle
    public void begin() {
      part = new ArrayList<>();
      last = null;
    }

    @ProcessElement
    public void process(@Element T element) throws IOException, InterruptedException {
      byte[] json = rows.json(element);
      ObjectNode columns = RowJson.object(json, 0, json.length);
      boolean withdrawn = rows.withdrawn(element);
      if (withdrawn) {
        columns.remove(RowFormat.WITHDRAWN);
      }
      part.add(new WrittenRow(name, columns, withdrawn, 0, run + "/" + name));
      if (part.size() == Inlet.PART) {
        last = inlet.put(part);
        part = new ArrayList<>();
      }
    }

    @FinishBundle
    public void end() throws InterruptedException {
      if (!part.isEmpty()) {
        last = inlet.put(part);
        part = new ArrayList<>();
      }
      if (last != null) {
        Inlet.await(last);
      }
    }
  }
}
