package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.WinningBids.Offer;
import dhara.benchmarks.nexmark.WinningBids.Step;
import dhara.benchmarks.nexmark.WinningBids.Terms;
import dhara.benchmarks.nexmark.WinningBids.Win;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The winning bids by hand: a keyed process function over auctions and bids. */
final class WinningBidsNative {

  private WinningBidsNative() {}

  static DataStream<Win> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Step> out) -> {
              Step step = WinningBids.step(event);
              if (step != null) {
                out.collect(step);
              }
            })
        .returns(TypeInformation.of(Step.class))
        .keyBy(Step::auction)
        .process(new Winner())
        .returns(TypeInformation.of(Win.class));
  }

  private static final class Winner extends KeyedProcessFunction<Long, Step, Win> {

    private static final long serialVersionUID = 1L;

    private transient ValueState<Terms> termsState;
    private transient ValueState<Offer> bestState;
    private transient ListState<Offer> early;

    @Override
    public void open(OpenContext context) {
      termsState =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("terms", TypeInformation.of(Terms.class)));
      bestState =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("best", TypeInformation.of(Offer.class)));
      early =
          getRuntimeContext()
              .getListState(new ListStateDescriptor<>("early", TypeInformation.of(Offer.class)));
    }

    @Override
    public void processElement(Step step, Context context, Collector<Win> out) throws Exception {
      Terms opened = step.terms();
      Offer offer = step.offer();
      if (opened != null) {
        termsState.update(opened);
        context.timerService().registerEventTimeTimer(opened.closesMillis());
        Offer best = null;
        for (Offer made : early.get()) {
          if (opened.admit(made) && made.beats(best)) {
            best = made;
          }
        }
        early.clear();
        if (best != null) {
          bestState.update(best);
        }
      } else if (offer != null) {
        Terms terms = termsState.value();
        if (terms == null) {
          if (!early.get().iterator().hasNext()) {
            context.timerService().registerEventTimeTimer(offer.atMillis() + 1);
          }
          early.add(offer);
        } else if (terms.admit(offer) && offer.beats(bestState.value())) {
          bestState.update(offer);
        }
      }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Win> out)
        throws Exception {
      Terms terms = termsState.value();
      if (terms != null) {
        if (terms.closesMillis() <= timestamp) {
          Offer best = bestState.value();
          if (best != null) {
            out.collect(WinningBids.win(context.getCurrentKey(), terms, best));
          }
          termsState.clear();
          bestState.clear();
        }
        return;
      }
      List<Offer> later = new ArrayList<>();
      for (Offer offer : early.get()) {
        if (offer.atMillis() >= timestamp) {
          later.add(offer);
        }
      }
      early.update(later);
      if (!later.isEmpty()) {
        context.timerService().registerEventTimeTimer(later.get(0).atMillis() + 1);
      }
    }
  }
}
