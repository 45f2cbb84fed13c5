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
 * JSON events; their attributes say nothing.
 *
 * <p>Time: the event time of the payload; the publish time only bounds it ({@code --maxSkew}). A
 * message is acknowledged when what was made of it is committed, and one that is delivered again
 * within ten minutes is recognised by its message id.
 *
 * <p>What a subscription cannot give, and so this does not: an order, so that a burst that is
 * delivered out of order by more than {@code --disorder} revises answers, and by more than the
 * lateness is late; a place to start at or to end at, so that it makes streams only (seek the
 * subscription to a time or a snapshot instead); and the same late events in another run.
 *
 * <p>It is read by Beam's own source of Pub/Sub on every engine, Dataflow too: the one inside
 * Dataflow's service tells time by when a message was published, and knows nothing of payloads.
 */
@AutoService(Connector.class)
public final class PubsubConnector implements Connector {

  private static final String SHAPE = "pubsub://PROJECT/SUBSCRIPTION";

  private final PubsubClientFactory clients;

  /** As the class path has it: with the service's JSON client. */
  public PubsubConnector() {
    this(PubsubJsonClient.FACTORY);
  }

  /** With another client. */
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

  /** The same, of a transform that reads the subscription with its attributes. */
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
