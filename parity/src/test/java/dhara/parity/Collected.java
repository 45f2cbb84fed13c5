package dhara.parity;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Collects the output of a pipeline in this process as it comes. The pipeline gets a copy of the
 * transform, so the queue is found by name.
 */
final class Collected<T> extends PTransform<PCollection<T>, PDone> {

  private static final long serialVersionUID = 1L;

  private static final Map<String, BlockingQueue<Object>> QUEUES = new ConcurrentHashMap<>();

  private final String queue = UUID.randomUUID().toString();
  private final Class<T> type;

  private Collected(Class<T> type) {
    this.type = type;
    QUEUES.put(queue, new LinkedBlockingQueue<>());
  }

  static <T> Collected<T> of(Class<T> type) {
    return new Collected<>(type);
  }

  /** The next {@code count}, in the order of arrival. */
  List<T> take(int count, Duration patience) throws InterruptedException {
    List<T> taken = new ArrayList<>();
    long deadline = System.nanoTime() + patience.toNanos();
    while (taken.size() < count) {
      Object next = QUEUES.get(queue).poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        fail("only " + taken + " of " + count + " within " + patience);
      }
      taken.add(type.cast(next));
    }
    return taken;
  }

  /** All that came so far. */
  List<T> all() {
    List<Object> drained = new ArrayList<>();
    QUEUES.get(queue).drainTo(drained);
    return drained.stream().map(type::cast).toList();
  }

  @Override
  public PDone expand(PCollection<T> input) {
    input.apply(ParDo.of(new CollectFn<>(queue)));
    return PDone.in(input.getPipeline());
  }

  private static final class CollectFn<T> extends DoFn<T, Void> {

    private final String name;

    CollectFn(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element T element) {
      QUEUES.get(name).add(element);
    }
  }
}
