package dhara.connectors.google;

import com.google.auto.service.AutoService;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.pubsub.v1.PubsubMessage;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Reading;
import dhara.connectors.reading.Message;
import dhara.connectors.reading.MessageSource;
import dhara.connectors.reading.UnboundedSources;
import dhara.events.Event;
import dhara.options.DharaOptions;
import java.io.IOException;
import java.util.Set;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.PubsubClientFactory;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.SubscriptionPath;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubJsonClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubOptions;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubUnboundedSource;
import org.apache.beam.sdk.options.ValueProvider.StaticValueProvider;

/**
 * Streams events from a Pub/Sub subscription: {@code pubsub://PROJECT/SUBSCRIPTION}. Messages are
 * JSON events; their attributes are ignored.
 *
 * <p>Time: the event time of the payload; the publish time only bounds it ({@code --maxSkew}). A
 * message is acknowledged when its results are committed. A message that is delivered again within
 * ten minutes is recognised by its message id.
 *
 * <p>A subscription has no order: an event that is out of order by more than {@code --disorder}
 * revises answers, and one by more than the lateness is late. It has no start or end position, so
 * it makes streams only; to read again, seek the subscription to a time or a snapshot. Another run
 * may find other events late.
 *
 * <p>Every engine, Dataflow included, reads it with Beam's own Pub/Sub source, because the source
 * inside the Dataflow service takes the publish time as event time and cannot parse payloads.
 */
@AutoService(Connector.class)
public final class PubsubConnector implements Connector {

  private static final String SHAPE = "pubsub://PROJECT/SUBSCRIPTION";

  private final PubsubClientFactory clients;

  /** Uses the service's JSON client; {@code ServiceLoader} calls this. */
  public PubsubConnector() {
    this(PubsubJsonClient.FACTORY);
  }

  /** Uses another client, for tests. */
  PubsubConnector(PubsubClientFactory clients) {
    this.clients = clients;
  }

  @Override
  public String scheme() {
    return "pubsub";
  }

  @Override
  public String shape() {
    return SHAPE;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.READ);
  }

  @Override
  public <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    SubscriptionPath subscription = subscription(endpoint);
    return source(
        endpoint,
        reading,
        options,
        new PubsubUnboundedSource(
            clients, null, null, StaticValueProvider.of(subscription), null, null, true));
  }

  /** The same, from a transform that reads the subscription with its attributes. */
  <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options, PubsubUnboundedSource read) {
    return MessageSource.of(
        endpoint.uri(),
        bytes(read),
        PubsubConnector::message,
        reading.json(),
        reading.coder(),
        options,
        () -> check(endpoint, subscription(endpoint), options));
  }

  /** The project and the subscription that a URI names. */
  static SubscriptionPath subscription(Endpoint endpoint) {
    endpoint.allow(Set.of());
    String[] parts = endpoint.path().split("/", -1);
    if (parts.length != 2 || !GoogleNames.project(parts[0])) {
      throw endpoint.bad("names no project and subscription; write " + SHAPE);
    }
    if (!parts[1].matches("[A-Za-z][A-Za-z0-9._~+%-]{2,254}") || parts[1].startsWith("goog")) {
      throw endpoint.bad(
          "'"
              + parts[1]
              + "' is no subscription's name: 3 to 255 letters, digits and -._~+%, with a letter"
              + " first, and not goog");
    }
    return PubsubClient.subscriptionPathFromName(parts[0], parts[1]);
  }

  private void check(Endpoint endpoint, SubscriptionPath subscription, DharaOptions options) {
    try (PubsubClient client = clients.newClient(null, null, options.as(PubsubOptions.class))) {
      int unused = client.ackDeadlineSeconds(subscription);
    } catch (IOException e) {
      throw endpoint.bad(
          "the subscription is not there, or may not be read; create it, or name a reader with the"
              + " role roles/pubsub.subscriber and roles/pubsub.viewer: "
              + e.getMessage(),
          e);
    }
  }

  @SuppressWarnings("unchecked") // Beam's source of Pub/Sub reads the bytes of its messages
  private static UnboundedSource<byte[], CheckpointMark> bytes(PubsubUnboundedSource read) {
    return (UnboundedSource<byte[], CheckpointMark>)
        (UnboundedSource<?, ?>) UnboundedSources.of(read);
  }

  private static Message message(byte[] proto) {
    try {
      PubsubMessage message = PubsubMessage.parseFrom(proto);
      return new Message("message=" + message.getMessageId(), message.getData().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Beam's source of Pub/Sub gave what is no message", e);
    }
  }
}
