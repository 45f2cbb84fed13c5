package dhara.transforms.call;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.call.CallRecord.Asking;
import dhara.transforms.call.CallRecord.Said;
import dhara.transforms.shards.EarlierOutputFn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Asks a service about the keys of a bundle's events, each key once, and gives out results and
 * records together at its end. Until then the bundle holds the watermark, so no output is late.
 */
final class AskFn<E extends Event, O> extends EarlierOutputFn<E, O> {

  private static final long serialVersionUID = 1L;

  /** The bundle of a batch engine may be the whole backfill. */
  private static final int MOST = 1_000;

  private final CallService.Opening opening;
  private final String name;
  private final Fallback fallback;
  private final SerializableFunction<E, String> key;
  private final SerializableBiFunction<E, Called, O> fn;
  private final TupleTag<O> results;
  private final TupleTag<Answer<Asking, Said>> calls;
  private transient @Nullable CallService service;
  private transient List<Asker<E>> waiting;

  AskFn(
      CallService.Opening opening,
      String name,
      Fallback fallback,
      SerializableFunction<E, String> key,
      SerializableBiFunction<E, Called, O> fn,
      TupleTag<O> results,
      TupleTag<Answer<Asking, Said>> calls) {
    this.opening = opening;
    this.name = name;
    this.fallback = fallback;
    this.key = key;
    this.fn = fn;
    this.results = results;
    this.calls = calls;
  }

  /** An event that waits for the reply to its key. */
  private record Asker<E>(E event, String key, Instant timestamp) {}

  /** Takes what came of an event. */
  private interface Taker<O> {
    void take(O result, Answer<Asking, Said> call, Instant timestamp);
  }

  @Setup
  public void open() {
    service = opening.open();
  }

  @StartBundle
  public void start() {
    waiting = new ArrayList<>(); // a bundle that failed may have left something behind
  }

  @ProcessElement
  public void process(@Element E event, @Timestamp Instant timestamp, MultiOutputReceiver out)
      throws InterruptedException {
    waiting.add(new Asker<>(event, key.apply(event), timestamp));
    if (waiting.size() >= MOST) {
      ask(
          (result, call, at) -> {
            out.get(results).outputWithTimestamp(result, at);
            out.get(calls).outputWithTimestamp(call, at);
          });
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) throws InterruptedException {
    ask(
        (result, call, at) -> {
          bundle.output(results, result, at, GlobalWindow.INSTANCE);
          bundle.output(calls, call, at, GlobalWindow.INSTANCE);
        });
  }

  private void ask(Taker<O> out) throws InterruptedException {
    if (waiting.isEmpty()) {
      return;
    }
    Set<String> keys = new LinkedHashSet<>();
    waiting.forEach(each -> keys.add(each.key));
    Map<String, ServiceReply> replies = service.ask(keys);
    for (Asker<E> each : waiting) {
      ServiceReply reply = replies.get(each.key);
      if (reply == null) {
        throw new IllegalStateException("the service gave no reply for a key that it was asked");
      }
      out.take(
          fn.apply(each.event, Called.of(reply.outcome(), reply.body(), fallback)),
          CallRecord.answer(each.event, name, each.key, reply),
          each.timestamp);
    }
    waiting = new ArrayList<>();
  }

  @Teardown
  public void close() {
    if (service != null) {
      service.close();
      service = null;
    }
  }
}
