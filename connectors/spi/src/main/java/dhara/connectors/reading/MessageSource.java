package dhara.connectors.reading;

import dhara.connectors.Decoding;
import dhara.connectors.EventSource;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.transforms.windows.Lateness;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * A stream of messages from a service without partitions, which delivers them one by one: the part
 * of such a source that does not depend on the service. A connector supplies its client library's
 * source of messages, and this class adds the contracts of every source.
 *
 * <p>Data: messages → events, late events, dead letters with their bytes, counts. Time: events
 * carry the event time of their payload; the watermark of each reader trails the newest event that
 * it got (see {@link ReaderWatermark}). Late: an event is late if it is behind the watermark of its
 * reader by {@link Lateness}. Which reader gets a message is up to chance, so another run may find
 * other events late. State: that of the other source, and the watermark.
 *
 * @param <R> the client library's messages
 * @param <M> the checkpoint marks of its source
 */
public final class MessageSource<T extends Record & Event, R, M extends CheckpointMark>
    implements EventSource<T> {

  private final String source;
  private final UnboundedSource<R, M> messages;
  private final Message.Form<R> form;
  private final Decoding<T> decoding;
  private final Coder<T> coder;
  private final Duration disorder;
  private final Duration idleAfter;
  private final Runnable check;

  private MessageSource(
      String source,
      UnboundedSource<R, M> messages,
      Message.Form<R> form,
      Decoding<T> decoding,
      Coder<T> coder,
      DharaOptions options,
      Runnable check) {
    this.source = source;
    this.messages = messages;
    this.form = form;
    this.decoding = decoding;
    this.coder = coder;
    this.disorder = options.getDisorder();
    this.idleAfter = options.getIdleAfter();
    this.check = check;
  }

  /**
   * A source.
   *
   * @param source its name in dead letters
   * @param messages the client library's source; its timestamps are the publish times
   * @param form extracts the message from what it reads
   * @param coder encodes events
   * @param options how far out of order messages may come, and when a reader is idle
   * @param check throws, before anything runs, if the source cannot be read
   * @throws BadOption if the options cannot be obeyed
   */
  public static <T extends Record & Event, R, M extends CheckpointMark> MessageSource<T, R, M> of(
      String source,
      UnboundedSource<R, M> messages,
      Message.Form<R> form,
      Decoding<T> decoding,
      Coder<T> coder,
      DharaOptions options,
      Runnable check) {
    UnboundedSources.checkTimes(options.getDisorder(), options.getIdleAfter());
    if (options.getClockLag() != null) {
      throw new BadOption(
          "--clockLag", options.getClockLag(), "is for topics of Kafka; leave it out: " + source);
    }
    return new MessageSource<>(source, messages, form, decoding, coder, options, check);
  }

  @Override
  public boolean bounded() {
    return false;
  }

  @Override
  public void check() {
    check.run();
  }

  @Override
  public EventSource<T> asReference(List<EventSource<?>> facts) {
    throw new BadOption(
        "--events",
        source,
        "has no beginning that a reference could be read from; name files or a topic");
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    SourceOutputs<T> outputs =
        SourceOutputs.ofStream(decoding.input(), decoding.format().type(), lateness);
    return outputs.read(
        pipeline
            .apply(
                name + ": read",
                org.apache.beam.sdk.io.Read.from(
                    new MessageEvents<>(
                        messages, form, decoding, coder, disorder, idleAfter, lateness)))
            .apply(
                name + ": events and dead letters",
                outputs.of(new SplitFn<>(outputs, new Messages(source)))),
        coder);
  }

  /** The messages of a service, each with its position. */
  private record Messages(String source) implements Origin<KV<String, ?>>, Serializable {

    @Override
    public String position(KV<String, ?> message) {
      return message.getKey();
    }
  }

  /**
   * Separates events, which are already stamped, from late ones and dead letters, and counts all.
   */
  private static final class SplitFn<T extends Record & Event>
      extends DoFn<KV<String, Arrival<T>>, T> {

    private static final long serialVersionUID = 1L;

    private final SourceOutputs<T> outputs;
    private final Messages messages;
    private transient @Nullable ArrivalRouter<T> router;

    SplitFn(SourceOutputs<T> outputs, Messages messages) {
      this.outputs = outputs;
      this.messages = messages;
    }

    @StartBundle
    public void start() {
      router = outputs.router();
    }

    @ProcessElement
    public void process(
        @Element KV<String, Arrival<T>> message, @Timestamp Instant at, ProcessContext context) {
      router.part(messages, context).route(message.getValue(), message, at);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      router.finish(context);
    }
  }
}
