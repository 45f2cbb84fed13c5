package dhara.memory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * A connector as in a module of its own: {@code memory://NAME}, a store in this process. One class
 * is enough for writing and reading back.
 */
@AutoService(Connector.class)
public final class MemoryConnector implements Connector {

  /** Rows as JSON, by store and name of the rows. */
  private static final Map<String, List<byte[]>> STORE = new ConcurrentSkipListMap<>();

  @Override
  public String scheme() {
    return "memory";
  }

  @Override
  public String shape() {
    return "memory://NAME";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.UPSERT, Ability.READ_BACK);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    String place = endpoint.path() + "/" + rows.name();
    STORE.remove(place);
    return Target.of(new Keep<>(place, rows.format()));
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return new Kept(endpoint);
  }

  private static final class Keep<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final String place;
    private final RowFormat<T> rows;

    Keep(String place, RowFormat<T> rows) {
      this.place = place;
      this.rows = rows;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      elements.apply("Keep", ParDo.of(new KeepFn<>(place, rows)));
      return PDone.in(elements.getPipeline());
    }
  }

  private static final class KeepFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String place;
    private final RowFormat<T> rows;

    KeepFn(String place, RowFormat<T> rows) {
      this.place = place;
      this.rows = rows;
    }

    @ProcessElement
    public void process(@Element T element) throws IOException {
      byte[] json = rows.json(element);
      STORE.compute(
          place,
          (p, kept) -> {
            List<byte[]> more = kept == null ? new ArrayList<>() : new ArrayList<>(kept);
            more.add(json);
            return more;
          });
    }
  }

  private record Kept(Endpoint endpoint) implements ResultSet {

    @Override
    public NavigableSet<String> names() {
      String prefix = endpoint.path() + "/";
      return STORE.keySet().stream()
          .filter(place -> place.startsWith(prefix))
          .map(place -> place.substring(prefix.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public boolean namesOutputs() {
      return true;
    }

    @Override
    public boolean textual(Iterable<String> names) {
      return false;
    }

    @Override
    public long bytes(Iterable<String> names) {
      long bytes = 0;
      for (String name : names) {
        bytes += rows(name).stream().mapToLong(row -> row.length).sum();
      }
      return bytes;
    }

    private List<byte[]> rows(String name) {
      return STORE.getOrDefault(endpoint.path() + "/" + name, List.of());
    }

    @Override
    public <T> PCollection<T> read(
        Pipeline pipeline,
        String step,
        Map<String, String> names,
        WrittenRow.Reader<T> reader,
        Coder<T> coder) {
      List<T> all = new ArrayList<>();
      names.forEach(
          (name, called) -> {
            List<byte[]> rows = rows(name);
            for (int i = 0; i < rows.size(); i++) {
              T value = reader.read(new WrittenRow(called, columns(rows.get(i)), false, i, name));
              if (value != null) {
                all.add(value);
              }
            }
          });
      return pipeline.apply(step, Create.of(all).withCoder(coder));
    }

    private static ObjectNode columns(byte[] json) {
      try {
        return RowJson.object(json, 0, json.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
