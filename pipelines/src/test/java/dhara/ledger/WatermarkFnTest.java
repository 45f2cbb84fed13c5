package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkFnTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final KvCoder<String, Ledger> ENTRIES =
      KvCoder.of(StringUtf8Coder.of(), RecordCoder.of(Ledger.class));

  @Test
  void tellsOfEachInputHowFarTheWatermarkIsOnceForEachMoveOfASecondOrMore() {
    KV<String, Ledger> orders = KV.of("orders", Ledger.of("orders", Ledger.Entry.READ, 1));
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Ledger>> told =
        pipeline
            .apply(
                TestStream.create(ENTRIES)
                    .advanceWatermarkTo(NINE)
                    .addElements(orders, KV.of("ads", Ledger.of("ads", Ledger.Entry.READ, 1)))
                    .advanceWatermarkTo(NINE.plus(org.joda.time.Duration.millis(500)))
                    .advanceWatermarkTo(NINE.plus(org.joda.time.Duration.millis(1_500)))
                    .addElements(orders)
                    .advanceWatermarkTo(NINE.plus(org.joda.time.Duration.millis(3_600_000)))
                    .advanceWatermarkTo(GlobalWindow.INSTANCE.maxTimestamp())
                    .addElements(KV.of("too late", Ledger.ZERO))
                    .advanceWatermarkToInfinity())
            .apply(ParDo.of(new WatermarkFn(Ledger::readTo)))
            .setCoder(ENTRIES);

    PAssert.that(told)
        .satisfies(
            all -> {
              List<String> lines = new ArrayList<>();
              all.forEach(entry -> lines.add(entry.getKey() + " " + entry.getValue().watermark()));
              lines.sort(null);
              assertThat(
                  lines,
                  is(
                      List.of(
                          "ads 2026-01-05T09:00:01.500Z",
                          "ads 2026-01-05T10:00:00Z",
                          "orders 2026-01-05T09:00:01.500Z",
                          "orders 2026-01-05T10:00:00Z")));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
