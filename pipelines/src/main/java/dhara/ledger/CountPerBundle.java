package dhara.ledger;

import dhara.transforms.windows.InGlobalWindow;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;

/**
 * Counts elements, in parts to be added up.
 *
 * <p>Data: any elements in the global window → one count per bundle. Time: counts have the maximum
 * timestamp of the global window, so they are never late. State: none. Counts are elements of the
 * pipeline, so a bundle that is retried counts once; metrics would count it twice.
 */
public final class CountPerBundle<T> extends PTransform<PCollection<T>, PCollection<Long>> {

  private static final long serialVersionUID = 1L;

  private CountPerBundle() {}

  /** Counts elements. */
  public static <T> CountPerBundle<T> ofElements() {
    return new CountPerBundle<>();
  }

  @Override
  public PCollection<Long> expand(PCollection<T> elements) {
    InGlobalWindow.check("CountPerBundle", elements);
    return elements.apply("Count", ParDo.of(new CountFn<T>())).setCoder(VarLongCoder.of());
  }

  private static final class CountFn<T> extends DoFn<T, Long> {

    private static final long serialVersionUID = 1L;

    private transient long count;

    @StartBundle
    public void startBundle() {
      count = 0;
    }

    @ProcessElement
    public void process() {
      count++;
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      if (count > 0) {
        context.output(count, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
      }
    }
  }
}
