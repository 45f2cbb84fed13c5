package dhara.ledger;

import dhara.transforms.windows.InGlobalWindow;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Passes on the watermark of elements, and none of them.
 *
 * <p>Data: any elements → none. Time: the global window; the watermark is that of the elements.
 */
public final class OnlyWatermark<T, O> extends PTransform<PCollection<T>, PCollection<O>> {

  private static final long serialVersionUID = 1L;

  private final Coder<O> coder;

  private OnlyWatermark(Coder<O> coder) {
    this.coder = coder;
  }

  /** Elements that never come, of a type with this coder. */
  static <T, O> OnlyWatermark<T, O> of(Coder<O> coder) {
    return new OnlyWatermark<>(coder);
  }

  @Override
  public PCollection<O> expand(PCollection<T> elements) {
    return elements
        .apply("Global", InGlobalWindow.into())
        .apply("None", ParDo.of(new NoneFn<T, O>()))
        .setCoder(coder);
  }

  private static final class NoneFn<T, O> extends DoFn<T, O> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process() {}
  }
}
