package dhara.connectors;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/** The content of a collection after a run on the direct runner in this process. */
public final class Gathered<T> {

  private static final Map<String, Queue<Object[]>> ALL = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();

  private Gathered() {}

  /** Gathers a collection when its pipeline runs. */
  public static <T> Gathered<T> of(PCollection<T> values) {
    Gathered<T> gathered = new Gathered<>();
    ALL.put(gathered.id, new ConcurrentLinkedQueue<>());
    values.apply("Gather" + gathered.id, ParDo.of(new GatherFn<>(gathered.id)));
    return gathered;
  }

  /** Options of the direct runner, its checks on. */
  public static DirectOptions options() {
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(2);
    return options;
  }

  /** The values. */
  @SuppressWarnings("unchecked") // the values of this collection
  public List<T> values() {
    return ALL.get(id).stream().map(pair -> (T) pair[0]).toList();
  }

  /** Their timestamps. */
  public List<Instant> timestamps() {
    return ALL.get(id).stream().map(pair -> (Instant) pair[1]).toList();
  }

  private static final class GatherFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String id;

    GatherFn(String id) {
      this.id = id;
    }

    @ProcessElement
    public void process(@Element T value, @Timestamp Instant timestamp) {
      ALL.get(id).add(new Object[] {value, timestamp});
    }
  }
}
