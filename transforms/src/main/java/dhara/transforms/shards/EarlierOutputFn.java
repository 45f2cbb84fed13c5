package dhara.transforms.shards;

import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Duration;

/**
 * A function whose outputs may have earlier timestamps than its current element, because they come
 * from elements before it, or from the group that is its element. Beam refuses such outputs unless
 * the function says so, since they could be behind the watermark; each subclass says why they are
 * not.
 */
public abstract class EarlierOutputFn<InT, OutT> extends DoFn<InT, OutT> {

  private static final long serialVersionUID = 1L;

  private static final Duration ANY = Duration.millis(Long.MAX_VALUE);

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // only engines call it
  public final Duration getAllowedTimestampSkew() {
    return ANY; // asked for every output
  }
}
