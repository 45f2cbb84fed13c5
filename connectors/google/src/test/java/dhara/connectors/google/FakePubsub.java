package dhara.connectors.google;

import com.google.api.client.util.Clock;
import com.google.auto.service.AutoService;
import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Reading;
import dhara.events.Event;
import dhara.options.DharaOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.IncomingMessage;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient.PubsubTestClientFactory;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubUnboundedSource;
import org.apache.beam.sdk.options.ValueProvider.StaticValueProvider;

/**
 * The connector to Pub/Sub with Beam's fake of the service: {@code fakepubsub://…}. The fake checks
 * that each message is acknowledged, and ends the stream when none is left.
 */
@AutoService(Connector.class)
public final class FakePubsub implements Connector {

  static final String URI = "fakepubsub://dhara-tests/orders-sub";

  private static final AtomicReference<PubsubTestClientFactory> CLIENTS = new AtomicReference<>();
  private static final long PUBLISHED = 1_767_610_800_000L; // 2026-01-05T11:00:00Z

  /** Where time does not pass: no acknowledgement comes too late. */
  private record Stopped() implements Clock, Serializable {
    @Override
    public long currentTimeMillis() {
      return PUBLISHED;
    }
  }

  /** Fills the subscription; to be closed after the run, which checks the acknowledgements. */
  static PubsubTestClientFactory holding(List<String> payloads) {
    List<IncomingMessage> messages = new ArrayList<>();
    for (String payload : payloads) {
      String id = "" + messages.size();
      messages.add(
          IncomingMessage.of(
              PubsubMessage.newBuilder().setData(ByteString.copyFromUtf8(payload)).build(),
              PUBLISHED,
              PUBLISHED,
              "ack" + id,
              id));
    }
    PubsubTestClientFactory clients =
        PubsubTestClient.createFactoryForPull(
            new Stopped(),
            PubsubClient.subscriptionPathFromName("dhara-tests", "orders-sub"),
            600,
            messages);
    CLIENTS.set(clients);
    return clients;
  }

  @Override
  public String scheme() {
    return "fakepubsub";
  }

  @Override
  public String shape() {
    return URI;
  }

  @Override
  public Set<Ability> abilities() {
    return new PubsubConnector().abilities();
  }

  @Override
  public <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    return new PubsubConnector(CLIENTS.get())
        .source(
            endpoint,
            reading,
            options,
            new PubsubUnboundedSource(
                new Stopped(),
                CLIENTS.get(),
                null,
                null,
                StaticValueProvider.of(PubsubConnector.subscription(endpoint)),
                null,
                null,
                true));
  }
}
