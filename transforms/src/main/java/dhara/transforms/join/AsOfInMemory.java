package dhara.transforms.join;

import dhara.events.Event;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * The as-of join of a backfill in which each worker holds the whole reference, so facts are not
 * shuffled.
 *
 * <p>Data: facts → a record for each. Time: kept. State: none; a table of the whole reference for
 * each instance of the step. Late: nothing is late.
 */
final class AsOfInMemory<F extends Event, T extends Record, OutT>
    extends PTransform<PCollection<F>, PCollection<OutT>> {

  private static final long serialVersionUID = 1L;

  private final transient PCollection<Version<T>> reference;
  private final AsOf.Join<F, T, OutT> join;

  AsOfInMemory(PCollection<Version<T>> reference, AsOf.Join<F, T, OutT> join) {
    this.reference = reference;
    this.join = join;
  }

  @Override
  public PCollection<OutT> expand(PCollection<F> facts) {
    PCollectionView<Iterable<Version<T>>> view = reference.apply("Table", View.asIterable());
    return facts.apply("Join", ParDo.of(new JoinFn<>(view, join)).withSideInputs(view));
  }

  private static final class JoinFn<F extends Event, T extends Record, OutT> extends DoFn<F, OutT> {

    private static final long serialVersionUID = 1L;

    private final PCollectionView<Iterable<Version<T>>> view;
    private final AsOf.Join<F, T, OutT> join;

    /**
     * Built once, because the reference of a bounded input in the global window does not change.
     */
    private transient ReferenceTable<T> table;

    JoinFn(PCollectionView<Iterable<Version<T>>> view, AsOf.Join<F, T, OutT> join) {
      this.view = view;
      this.join = join;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      if (table == null) {
        ReferenceTable<T> made = new ReferenceTable<>();
        context.sideInput(view).forEach(made::add);
        table = made;
      }
      context.output(join.join(context.element(), table));
    }
  }
}
