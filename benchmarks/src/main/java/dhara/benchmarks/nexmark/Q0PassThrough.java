package dhara.benchmarks.nexmark;

import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * Query 0: all events, as they are. It costs what the source and the engine cost.
 *
 * <pre>
 *   chunks ─▶ events
 * </pre>
 */
final class Q0PassThrough extends PTransform<PCollection<Chunk>, PCollection<Event>> {

  private static final long serialVersionUID = 1L;

  @Override
  public PCollection<Event> expand(PCollection<Chunk> chunks) {
    return chunks.apply("Events", Unroll.to(Event.class, event -> event));
  }
}
