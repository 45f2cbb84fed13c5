package dhara.benchmarks.nexmark;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A query by hand, as a Flink {@code DataStream}. */
public final class NativeNexmark implements Contestant {

  /** Made by name. */
  public NativeNexmark() {}

  @Override
  public Outcome run(Task task) throws Exception {
    return Streams.withCheckpoints(
        checkpoints -> run(Query.named(task.text("query")), Streams.house(task), checkpoints));
  }

  private static <R extends Record> Outcome run(
      Query<R> query, AuctionHouse house, Path checkpoints) throws Exception {
    Checksum.start();
    StreamExecutionEnvironment env = Streams.byHand(checkpoints);
    answers(query, NativeSource.read(house, env)).sinkTo(new ChecksumSink<>(query.hash()));
    env.execute(query.name());
    return Checksum.outcome(house.count());
  }

  /** A query's answers. */
  @SuppressWarnings("unchecked") // a query's row is what the query by hand gives
  static <R extends Record> DataStream<R> answers(Query<R> query, DataStream<Event> events) {
    return (DataStream<R>)
        switch (query.name()) {
          case "q0" -> events;
          case "q1" -> Q1CurrencyNative.of(events);
          case "q2" -> Q2SelectionNative.of(events);
          case "q3" -> Q3LocalItemsNative.of(events);
          case "q4" -> Q4CategoryPricesNative.of(events);
          case "q5" -> Q5HotItemsNative.of(events);
          case "q7" -> Q7HighestBidNative.of(events);
          case "q8" -> Q8NewSellersNative.of(events);
          case "q9" -> WinningBidsNative.of(events);
          case "q11" -> Q11UserSessionsNative.of(events);
          case "q12" -> Q12UserBidsNative.of(events);
          default ->
              throw new IllegalArgumentException("nobody wrote " + query.name() + " by hand");
        };
  }

  /** Adds every row to the checksum. */
  private record ChecksumSink<R>(Query.Hash<R> hash) implements Sink<R> {

    @Override
    @Deprecated // Flink 1.19 still declares it
    public SinkWriter<R> createWriter(InitContext context) {
      return new Writer<>(hash);
    }
  }

  @SuppressWarnings("try") // Flink's writers throw any exception when they close
  private record Writer<R>(Query.Hash<R> hash) implements SinkWriter<R> {

    @Override
    public void write(R row, Context context) {
      Checksum.add(Checksum.mix(0, hash.of(row)));
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
