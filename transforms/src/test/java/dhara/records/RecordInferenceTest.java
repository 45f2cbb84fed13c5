package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dhara.samples.Deal;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.schemas.transforms.Convert;
import org.apache.beam.sdk.schemas.transforms.Group;
import org.apache.beam.sdk.schemas.transforms.Select;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;

class RecordInferenceTest {

  private static final Deal FIRST = trade("t1", "INFY", 10);
  private static final Deal SECOND = trade("t2", "INFY", 20);
  private static final Deal THIRD = trade("t3", "TCS", 5);

  private record SymbolAndSize(long size, String symbol) {}

  private record Symbol(String symbol) {}

  private static Deal trade(String id, String symbol, long size) {
    return new Deal(
        id, Instant.parse("2026-01-05T10:00:00.000001Z"), symbol, 15_000_000, size, null, false);
  }

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<Deal> trades() {
    return pipeline
        .apply(Create.of("t1,INFY,10", "t2,INFY,20", "t3,TCS,5"))
        .apply("Parse", ParDo.of(new ParseFn()));
  }

  private static final class ParseFn extends DoFn<String, Deal> {
    @ProcessElement
    public void process(@Element String line, OutputReceiver<Deal> out) {
      List<String> parts = List.of(line.split(",", -1));
      out.output(trade(parts.get(0), parts.get(1), Long.parseLong(parts.get(2))));
    }
  }

  @Test
  void recordsOutOfAParDoHaveTheCoderAndASchema() {
    PCollection<Deal> trades = trades();
    assertThat(trades.getCoder(), equalTo(RecordCoder.of(Deal.class)));
    assertThat(trades.hasSchema(), is(true));
    assertThat(trades.getSchema(), equalTo(RecordSchemas.schema(Deal.class)));
    PAssert.that(trades).containsInAnyOrder(FIRST, SECOND, THIRD);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void recordsAreInferredInCreateMapElementsAndKeys() {
    PCollection<Deal> created = pipeline.apply("Trades", Create.of(FIRST, SECOND));
    assertThat(created.getCoder(), instanceOf(RecordCoder.class));
    PCollection<KV<Symbol, Deal>> keyed =
        created.apply(
            MapElements.into(new TypeDescriptor<KV<Symbol, Deal>>() {})
                .via(each -> KV.of(new Symbol(each.symbol()), each)));
    assertThat(
        keyed.getCoder(),
        equalTo(KvCoder.of(RecordCoder.of(Symbol.class), RecordCoder.of(Deal.class))));
    PAssert.thatMap(keyed.apply(GroupByKey.create()))
        .satisfies(
            groups -> {
              assertThat(groups.keySet(), equalTo(Set.of(new Symbol("INFY"))));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void answersAreInferredFromTheTypesOfKeyAndValue() {
    TypeDescriptor<Answer<Symbol, SymbolAndSize>> type = new TypeDescriptor<>() {};
    PCollection<Answer<Symbol, SymbolAndSize>> answers =
        pipeline
            .apply(Create.of(FIRST))
            .apply(
                MapElements.into(type)
                    .via(
                        each ->
                            new Answer<>(
                                new Symbol(each.symbol()),
                                each.at(),
                                each.at().plusSeconds(60),
                                0,
                                new SymbolAndSize(each.size(), each.symbol()))));
    assertThat(answers.getCoder(), equalTo(RecordCoder.of(type)));
    PAssert.that(answers.apply(Select.fieldNames("key.symbol", "value.size")))
        .satisfies(
            rows -> {
              for (Row row : rows) {
                assertThat(row.getValues(), equalTo(List.of("INFY", 10L)));
              }
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void recordsBecomeRowsAndBack() {
    PCollection<Deal> trades = trades();
    PCollection<Row> rows = trades.apply(Convert.toRows());
    assertThat(rows.getSchema(), equalTo(trades.getSchema()));
    PCollection<Deal> back = rows.apply(Convert.to(Deal.class));
    assertThat(back.getCoder(), instanceOf(RecordCoder.class));
    PAssert.that(back).containsInAnyOrder(FIRST, SECOND, THIRD);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void selectedFieldsBecomeARecordOfThem() {
    PCollection<SymbolAndSize> sizes =
        trades().apply(Select.fieldNames("symbol", "size")).apply(Convert.to(SymbolAndSize.class));
    PAssert.that(sizes)
        .containsInAnyOrder(
            new SymbolAndSize(10, "INFY"),
            new SymbolAndSize(20, "INFY"),
            new SymbolAndSize(5, "TCS"));
    pipeline.run().waitUntilFinish();
  }

  @Test
  void fieldsAreGroupedAndAggregatedByName() {
    PCollection<Row> sums =
        trades()
            .apply(
                Group.<Deal>byFieldNames("symbol").aggregateField("size", Sum.ofLongs(), "total"));
    PAssert.that(sums)
        .satisfies(
            rows -> {
              List<String> lines = new ArrayList<>();
              for (Row row : rows) {
                lines.add(
                    row.getRow("key").getString("symbol")
                        + "="
                        + row.getRow("value").getInt64("total"));
              }
              lines.sort(null);
              assertThat(lines, equalTo(List.of("INFY=30", "TCS=5")));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static final class SymbolFn extends DoFn<Deal, String> {
    @ProcessElement
    public void process(
        @FieldAccess("symbol") Symbol record,
        @FieldAccess("size") long size,
        OutputReceiver<String> out) {
      out.output(record.symbol() + "=" + size);
    }
  }

  @Test
  void aDoFnMayTakeARecordOfSomeFields() {
    PAssert.that(trades().apply("Fields", ParDo.of(new SymbolFn())))
        .containsInAnyOrder("INFY=10", "INFY=20", "TCS=5");
    pipeline.run().waitUntilFinish();
  }

  private static final class LatestFn extends DoFn<KV<String, Deal>, Deal> {
    @StateId("latest")
    private final StateSpec<ValueState<Deal>> latestSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Deal> trade,
        @StateId("latest") ValueState<Deal> latest,
        OutputReceiver<Deal> out) {
      latest.write(trade.getValue());
      out.output(latest.read());
    }
  }

  @Test
  void recordsInStateNeedNoCoder() {
    PCollection<Deal> latest =
        pipeline
            .apply(Create.of(KV.of("a", FIRST), KV.of("b", THIRD)))
            .apply(ParDo.of(new LatestFn()));
    PAssert.that(latest).containsInAnyOrder(FIRST, THIRD);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theCoderSurvivesThePortablePipeline() throws Exception {
    PCollection<Deal> trades = trades();
    var components = PipelineTranslation.toProto(pipeline).getComponents();
    RehydratedComponents rehydrated =
        RehydratedComponents.forComponents(components).withPipeline(Pipeline.create());
    List<Coder<?>> records = new ArrayList<>();
    for (String id : components.getPcollectionsMap().keySet()) {
      Coder<?> coder = rehydrated.getPCollection(id).getCoder();
      if (coder instanceof RecordCoder) {
        records.add(coder);
      }
    }
    assertThat(records, equalTo(List.of(trades.getCoder())));
  }
}
