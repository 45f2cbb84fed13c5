package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q3LocalItems.Item;
import dhara.benchmarks.nexmark.Q3LocalItems.LocalItem;
import dhara.benchmarks.nexmark.Q3LocalItems.Seller;
import dhara.benchmarks.nexmark.Q3LocalItems.Side;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Query 3 by hand: a keyed process function over both sides. */
final class Q3LocalItemsNative {

  private Q3LocalItemsNative() {}

  static DataStream<LocalItem> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Side> out) -> {
              Side side = Q3LocalItems.side(event);
              if (side != null) {
                out.collect(side);
              }
            })
        .returns(TypeInformation.of(Side.class))
        .keyBy(Side::person)
        .process(new Join())
        .returns(TypeInformation.of(LocalItem.class));
  }

  private static final class Join extends KeyedProcessFunction<Long, Side, LocalItem> {

    private static final long serialVersionUID = 1L;

    private transient ValueState<Seller> sellers;
    private transient ListState<Item> waiting;
    private transient ValueState<Long> latest;

    @Override
    public void open(OpenContext context) {
      sellers =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("seller", TypeInformation.of(Seller.class)));
      waiting =
          getRuntimeContext()
              .getListState(new ListStateDescriptor<>("waiting", TypeInformation.of(Item.class)));
      latest =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("latest", TypeInformation.of(Long.class)));
    }

    @Override
    public void processElement(Side side, Context context, Collector<LocalItem> out)
        throws Exception {
      Seller seller = side.seller();
      Item item = side.item();
      if (seller != null) {
        sellers.update(seller);
        for (Item early : waiting.get()) {
          if (Q3LocalItems.meet(seller, early)) {
            out.collect(Q3LocalItems.join(seller, early));
          }
        }
        waiting.clear();
        remember(seller.atMillis(), context);
      } else if (item != null) {
        Seller known = sellers.value();
        if (known == null) {
          waiting.add(item);
          remember(item.atMillis(), context);
        } else if (Q3LocalItems.meet(known, item)) {
          out.collect(Q3LocalItems.join(known, item));
        }
      }
    }

    private void remember(long atMillis, Context context) throws Exception {
      Long before = latest.value();
      if (before == null || before < atMillis) {
        latest.update(atMillis);
        context.timerService().registerEventTimeTimer(forgetAt(atMillis));
      }
    }

    private static long forgetAt(long latestMillis) {
      return latestMillis + Q3LocalItems.REACH.toMillis() + 1;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<LocalItem> out)
        throws Exception {
      Long last = latest.value();
      if (last != null && forgetAt(last) <= timestamp) {
        sellers.clear();
        waiting.clear();
        latest.clear();
      }
    }
  }
}
