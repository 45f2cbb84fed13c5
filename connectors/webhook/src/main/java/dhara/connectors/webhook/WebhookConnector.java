package dhara.connectors.webhook;

import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.RowSender;
import dhara.connectors.delivery.DeliveryTerms;
import dhara.connectors.delivery.Outbox;
import dhara.connectors.delivery.Resender;
import dhara.options.SecretReference.Missing;
import java.util.Set;

/**
 * Posts the rows of an output to a server: {@code webhook://HOST/PATH}. See {@link WebhookAddress}
 * for its parameters, and {@link Outbox} for what happens when the server fails.
 */
@AutoService(Connector.class)
public final class WebhookConnector implements Connector {

  /** As many connections as browsers open to a server, more or less. */
  private static final int IN_FLIGHT = 8;

  /** The answers of a window may come all at once. */
  private static final int QUEUE = 100_000;

  @Override
  public String scheme() {
    return "webhook";
  }

  @Override
  public String shape() {
    return WebhookAddress.SHAPE;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.UPSERT, Ability.APPEND, Ability.RESEND);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    DeliveryTerms terms = DeliveryTerms.of(endpoint, rows, IN_FLIGHT, QUEUE);
    WebhookAddress address = WebhookAddress.of(endpoint, rows.format().schema(), terms.timeout());
    return Target.of(Outbox.of(rows, terms, () -> new HttpCarrier(address)))
        .checked(() -> check(endpoint, address));
  }

  @Override
  public RowSender sender(Endpoint endpoint, Rows<?> rows) {
    DeliveryTerms terms = DeliveryTerms.of(endpoint, rows, IN_FLIGHT, QUEUE);
    WebhookAddress address = WebhookAddress.of(endpoint, rows.format().schema(), terms.timeout());
    check(endpoint, address);
    return Resender.open(terms, () -> new HttpCarrier(address));
  }

  /** Sends nothing, because a server would take it for a row. */
  private static void check(Endpoint endpoint, WebhookAddress address) {
    try {
      new HttpCarrier(address).close();
    } catch (Missing | IllegalArgumentException e) {
      throw endpoint.bad(e.getMessage(), e);
    }
  }

  /** A server may take several outputs. */
  @Override
  public boolean overlaps(Place place, Place other) {
    return false;
  }

  @Override
  public String named(Place place) {
    return place.endpoint().scheme() + "://" + place.endpoint().path();
  }
}
