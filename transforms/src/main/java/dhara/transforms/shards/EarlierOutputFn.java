package dhara.transforms.shards;

import java.util.Collection;
import java.util.Collections;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A function whose outputs may have earlier timestamps than its current element, because they come
 * from elements before it, or from the group that is its element. Beam refuses such outputs unless
 * the function says so, since they could be behind the watermark; each subclass says why they are
 * not.
 */
public abstract class EarlierOutputFn<InT, OutT> extends DoFn<InT, OutT> {

  private static final long serialVersionUID = 1L;

  private static final Duration ANY = Duration.millis(Long.MAX_VALUE);

  /** The window of what {@link #output} gives. */
  private static final Collection<GlobalWindow> GLOBAL =
      Collections.singleton(GlobalWindow.INSTANCE);

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // only engines call it
  public final Duration getAllowedTimestampSkew() {
    return ANY; // asked for every output
  }

  /**
   * Outputs an element in the global window, as the {@code OutputReceiver} of a function in the
   * global window does. That one makes each element twice, by three builders (Beam 2.70), which
   * took a tenth of the time of a join.
   *
   * @param context of the element or timer
   */
  protected final void output(WindowedContext context, OutT output, Instant at) {
    context.outputWindowedValue(output, at, GLOBAL, PaneInfo.NO_FIRING);
  }
}
