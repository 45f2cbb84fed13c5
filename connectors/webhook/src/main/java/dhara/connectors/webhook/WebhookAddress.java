package dhara.connectors.webhook;

import dhara.connectors.Endpoint;
import dhara.connectors.delivery.DeliveryTerms;
import dhara.options.SecretReference;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where and how rows are posted.
 *
 * <ul>
 *   <li>{@code url=}: a reference to the address, if the address is itself a secret; the URI then
 *       only gives it a name: {@code webhook://slack?url=env:SLACK_URL}
 *   <li>{@code tls=no}: plain HTTP
 *   <li>{@code token=}: a reference to a bearer token
 *   <li>{@code secret=}: a reference to the key that signs each request
 *   <li>{@code template=file:/path}: the body, as a {@link RowTemplate}
 *   <li>and those of {@link DeliveryTerms}
 * </ul>
 *
 * @param url the address, or a reference to it
 * @param token a reference; null for none
 * @param secret a reference; null for none
 * @param template null to post the row itself
 * @param timeout of a connection, and of an answer
 */
record WebhookAddress(
    String url,
    @Nullable String token,
    @Nullable String secret,
    @Nullable RowTemplate template,
    Duration timeout)
    implements Serializable {

  static final String SHAPE = "webhook://HOST/PATH";

  /**
   * Reads an endpoint.
   *
   * @param rows their columns
   * @throws dhara.options.BadOption if it is malformed
   */
  static WebhookAddress of(Endpoint endpoint, Schema rows, Duration timeout) {
    endpoint.allow(DeliveryTerms.parameters("url", "tls", "token", "secret", "template"));
    for (String name : List.of("url", "token", "secret", "template")) {
      String value = endpoint.parameters().get(name);
      if (value != null && !SecretReference.is(value)) {
        throw endpoint.bad(name + " takes a reference: " + name + "=env:NAME or file:/path");
      }
    }
    String tls = endpoint.parameter("tls", "yes");
    if (!tls.equals("yes") && !tls.equals("no")) {
      throw endpoint.bad("tls is yes or no");
    }
    String template = endpoint.parameters().get("template");
    String reference = endpoint.parameters().get("url");
    return new WebhookAddress(
        reference == null ? url(endpoint, tls.equals("yes")) : reference,
        endpoint.parameters().get("token"),
        endpoint.parameters().get("secret"),
        template == null ? null : RowTemplate.read(endpoint, template, rows),
        timeout);
  }

  private static String url(Endpoint endpoint, boolean tls) {
    String url = (tls ? "https://" : "http://") + endpoint.path();
    try {
      if (new URI(url).getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw endpoint.bad("is no address of a server; write " + SHAPE, e);
    }
    throw endpoint.bad("names no host; write " + SHAPE);
  }
}
