package dhara.connectors.lookup;

import com.google.auto.service.AutoService;
import dhara.transforms.call.CallService;
import dhara.transforms.call.ServiceScheme;
import dhara.transforms.call.ServiceTerms;
import java.net.URI;
import java.util.Set;

/** Services that are asked over HTTP: {@code https://host/customers/{key}}. */
@AutoService(ServiceScheme.class)
public final class HttpServiceScheme implements ServiceScheme {

  @Override
  public Set<String> schemes() {
    return Set.of("http", "https");
  }

  @Override
  @SuppressWarnings("UnusedException") // it quotes the address, which may hold a secret
  public CallService.Opening opening(ServiceTerms terms) {
    URI uri;
    try {
      uri = HttpLookup.about(terms.uri(), "key");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is no address, e.g. https://host/customers/{key}");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("names no host, e.g. https://host/customers/{key}");
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "names a user or a password in its address; name the secret: --serviceToken=env:NAME");
    }
    return () -> new GuardedService(terms, () -> new HttpLookup(terms));
  }
}
