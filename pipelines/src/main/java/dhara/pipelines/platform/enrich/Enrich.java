package dhara.pipelines.platform.enrich;

import com.google.auto.service.AutoService;
import dhara.options.CallOptions;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Calling;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.call.Call;
import dhara.transforms.call.CallOutcome;
import dhara.transforms.call.CallRecord;
import dhara.transforms.call.Called;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What an outside service knows of the key of each event.
 *
 * <pre>
 *   inquiries ─▶ ask a service, or replay ─┬─▶ enriched
 *   recorded ───────────────────▲          └─▶ calls
 * </pre>
 *
 * <p>A stream asks, and records each call as an answer of its second output. A backfill reads these
 * calls and asks nothing, so that it settles on what the stream was told then.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class Enrich implements Analysis<Enrich.Options> {

  /** Which event. */
  public record Inquired(String event) {}

  /**
   * What is known of its key.
   *
   * @param key what was asked about
   * @param outcome what came of the call
   * @param body the answer of the service, as JSON, or the body of the fallback
   * @param fallback the name of the fallback; null if the service answered
   */
  public record Enriched(
      String key, CallOutcome outcome, @Nullable String body, @Nullable String fallback) {}

  /** Its options. */
  public interface Options extends DharaOptions, LatenessOptions, CallOptions {}

  /** An event with what came of its call. */
  private record Known(String event, Instant at, Enriched enriched) {

    private static Known of(Inquiry inquiry, Called called) {
      return new Known(
          inquiry.id(),
          inquiry.at(),
          new Enriched(inquiry.key(), called.outcome(), called.body(), called.fallback()));
    }

    private Answer<Inquired, Enriched> answer() {
      return Answer.at(new Inquired(event), at, enriched);
    }
  }

  static final Input<Inquiry> INQUIRIES = new Input<>("inquiries", Inquiry.class);
  static final Input<CallRecord> RECORDED = new Input<>("recorded", CallRecord.class).asOptional();
  static final Output<Inquired, Enriched> ENRICHED =
      new Output<>("enriched", Inquired.class, Enriched.class);
  static final Output<CallRecord.Asking, CallRecord.Said> CALLS =
      new Output<>("calls", CallRecord.Asking.class, CallRecord.Said.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("enrich", Options.class)
        .summary("what an outside service knows of each event, recorded for backfills")
        .reads(INQUIRIES, RECORDED)
        .answers(ENRICHED, CALLS)
        .scenario(MadeUpInquiries::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Duration lateness = Windowing.lateness(options);
    PCollection<Inquiry> inquiries = flow.events(INQUIRIES, Call.windows(lateness));
    Call<Inquiry, Known> call =
        Calling.of(flow, RECORDED, inquiries, lateness, options)
            .keyedBy(Inquiry::key)
            .into(Known.class, Known::of);
    PCollectionTuple called = inquiries.apply("Call", call);

    flow.answers(
        ENRICHED,
        called
            .get(call.results())
            .apply(
                "Enriched",
                MapElements.into(new TypeDescriptor<Answer<Inquired, Enriched>>() {})
                    .via(Known::answer))
            .setCoder(
                AnswerCoder.of(RecordCoder.of(Inquired.class), RecordCoder.of(Enriched.class))));
    flow.answers(CALLS, called.get(call.calls()));
  }
}
