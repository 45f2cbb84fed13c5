package dhara.serving.api;

import dhara.options.BadOption;
import dhara.options.SecretReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * A key store with the certificate of this server and its key. It is read when the server starts,
 * so that a wrong password or an empty store is refused there and not by the first client.
 */
final class TlsStore {

  private static final String STORE = "--tlsKeyStore";
  private static final String PASSWORD = "--tlsPassword";

  private final KeyStore store;
  private final String password;

  private TlsStore(KeyStore store, String password) {
    this.store = store;
    this.password = password;
  }

  /**
   * The store that the options name, if any.
   *
   * @throws BadOption if it cannot be read, or holds no key
   */
  static Optional<TlsStore> of(AccessOptions options) {
    String path = options.getTlsKeyStore();
    String reference = options.getTlsPassword();
    if (path == null) {
      if (reference != null) {
        throw new BadOption(PASSWORD, reference, "is the password of a store; add " + STORE);
      }
      return Optional.empty();
    }
    if (reference == null || !SecretReference.is(reference)) {
      throw new BadOption(
          PASSWORD,
          null,
          "takes a reference to the password of "
              + STORE
              + ", e.g. --tlsPassword=env:STORE_PASSWORD");
    }
    try {
      String password = SecretReference.resolve(reference);
      return Optional.of(new TlsStore(read(path, password), password));
    } catch (SecretReference.Missing e) {
      throw new BadOption(PASSWORD, reference, Objects.toString(e.getMessage()), e);
    }
  }

  private static KeyStore read(String path, String password) {
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      KeyStore store = KeyStore.getInstance("PKCS12"); // Java's reads JKS too
      store.load(in, password.toCharArray());
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          return store;
        }
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new BadOption(
          STORE, path, "cannot be read with " + PASSWORD + " as a PKCS12 or JKS key store", e);
    }
    throw new BadOption(STORE, path, "holds no key; import the certificate with its private key");
  }

  /** A connector that speaks HTTP/1.1 over TLS 1.2 or 1.3. */
  ServerConnector connector(Server server, HttpConfiguration http) {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setKeyStore(store);
    ssl.setKeyStorePassword(password);
    // Clients reach it by addresses and by names that the certificate need not list.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ServerConnector(
        server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(http));
  }
}
