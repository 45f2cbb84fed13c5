package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, and what a browser is told. */
class ProtectionTest {

  private static final List<String> GUARDED =
      List.of(
          "/api/views",
          "/api/views/shop.sales",
          "/api/status",
          "/api/openapi.json",
          "/api/changes",
          "/api/nothing",
          "/metrics");

  private static ServedShop shop;
  @TempDir private static Path folder;

  @BeforeAll
  static void open() throws IOException, SQLException {
    shop = ServedShop.open();
    shop.sell("books", 0, 1_000);
  }

  @AfterAll
  static void close() throws IOException, SQLException {
    shop.close();
  }

  @Test
  void aTokenGuardsEverythingButTheFilesOfTheDashboard() throws Exception {
    String reference = secret("token", "s3cret");
    try (ViewServer server = shop.serve(options -> options.setToken(reference))) {
      HttpAsk ask = new HttpAsk(server.address());
      for (String path : GUARDED) {
        HttpResponse<byte[]> refused = ask.get(path);
        assertThat(path, refused.statusCode(), is(401));
        assertThat(
            refused.headers().firstValue("www-authenticate").orElse(""),
            is("Bearer realm=\"dhara\""));
        assertThat(HttpAsk.text(refused), not(containsString("s3cret")));
      }
      assertThat(ask.sql("select 1").statusCode(), is(401));
      assertThat(ask.get("/api/views", "Authorization", "Bearer wrong").statusCode(), is(401));
      assertThat(ask.get("/API/views").statusCode(), is(404));

      assertThat(ask.get("/").statusCode(), is(200));
      assertThat(ask.get("/healthz").statusCode(), is(200));
      assertThat(ask.get("/api/views", "Authorization", "Bearer s3cret").statusCode(), is(200));
      assertThat(ask.sql("select 1", "Authorization", "Bearer s3cret").statusCode(), is(200));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/changes", "/api/views", "/api/sql", "/metrics"})
  void noSpellingOfAPathGoesRoundTheLogin(String path) throws Exception {
    String reference = secret("token", "s3cret");
    String first = path.substring(1, 2);
    String rest = path.substring(2);
    String encoded = "%%%02x".formatted((int) first.charAt(0));
    String last = path.substring(path.lastIndexOf('/') + 1);
    String lastEncoded =
        path.substring(0, path.lastIndexOf('/') + 1)
            + "%%%02X".formatted((int) last.charAt(0))
            + last.substring(1);
    try (ViewServer server = shop.serve(options -> options.setToken(reference))) {
      for (String spelling :
          List.of(
              path,
              "/" + encoded + rest,
              lastEncoded,
              "/." + path,
              "/x/.." + path,
              "/x/../" + encoded + rest,
              path + "/./../" + last,
              path + ";a=b",
              "/x;a=b/.." + path,
              path + "?a=/healthz")) {
        assertThat(
            spelling,
            status(server.address(), "dhara.example", spelling),
            startsWith("HTTP/1.1 401"));
      }
      // What could be read in two ways is refused before anything looks at it.
      for (String spelling :
          List.of(
              "/" + path, "/%2e" + path, "/x/%2e%2e" + path, "/%2f" + path, "/;a=b/.." + path)) {
        assertThat(
            spelling,
            status(server.address(), "dhara.example", spelling),
            startsWith("HTTP/1.1 400"));
      }
    }
  }

  @Test
  void theRateCountsEverySpellingOfThePath() throws Exception {
    try (ViewServer server = shop.serve(options -> options.setRequestsPerSecond(1))) {
      int refused = 0;
      for (int i = 0; i < 20; i++) {
        if (status(server.address(), "localhost", "/x/../%61pi/changes").contains(" 429")) {
          refused++;
        }
      }
      assertThat(refused, is(greaterThan(5)));
    }
  }

  @Test
  void basicAuthenticationWorksToo() throws Exception {
    String reference = secret("user", "asha:pass:word");
    try (ViewServer server = shop.serve(options -> options.setBasic(reference))) {
      HttpAsk ask = new HttpAsk(server.address());
      HttpResponse<byte[]> refused = ask.get("/api/views");
      assertThat(refused.statusCode(), is(401));
      assertThat(
          refused.headers().firstValue("www-authenticate").orElse(""), is("Basic realm=\"dhara\""));
      String header =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString("asha:pass:word".getBytes(StandardCharsets.UTF_8));
      assertThat(ask.get("/api/views", "Authorization", header).statusCode(), is(200));
    }
  }

  @Test
  void tlsIsSpokenWithTheKeyOfTheStore() throws Exception {
    Path store = folder.resolve("server.p12");
    keytool(store, "changeit");
    String reference = secret("password", "changeit");
    try (ViewServer server =
        shop.serve(
            options -> {
              options.setTlsKeyStore(store.toString());
              options.setTlsPassword(reference);
            })) {
      assertThat(server.address().getScheme(), is("https"));
      HttpAsk ask =
          new HttpAsk(
              server.address(), HttpClient.newBuilder().sslContext(trusting(store)).build());
      HttpResponse<byte[]> response = ask.get("/api/views");

      assertThat(response.statusCode(), is(200));
      assertThat(
          response.headers().firstValue("strict-transport-security").orElse(""),
          startsWith("max-age="));
      URI plain = URI.create("http://127.0.0.1:" + server.address().getPort() + "/");
      assertThat(status(plain, "127.0.0.1"), is(not("HTTP/1.1 200 OK")));
    }
  }

  @Test
  void everyAnswerTellsTheBrowserToBeCareful() throws Exception {
    try (ViewServer server = shop.serve()) {
      HttpAsk ask = new HttpAsk(server.address());
      for (String path : List.of("/", "/api/views", "/nothing", "/metrics", "/healthz")) {
        var headers = ask.get(path, "Origin", "http://evil.example").headers();
        assertThat(
            headers.firstValue("content-security-policy").orElse(""),
            startsWith("default-src 'none'; script-src 'self'; style-src 'self'"));
        assertThat(headers.firstValue("x-content-type-options").orElse(""), is("nosniff"));
        assertThat(headers.firstValue("referrer-policy").orElse(""), is("no-referrer"));
        assertThat(
            headers.firstValue("cross-origin-resource-policy").orElse(""), is("same-origin"));
        assertThat(
            "no other site may read", headers.firstValue("access-control-allow-origin").isEmpty());
        assertThat(headers.firstValue("server").isEmpty(), is(true));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,        200",
    "LOCALHOST:8080,   200",
    "127.0.0.1,        200",
    "127.0.0.1:1,      200",
    "[::1]:8080,       200",
    "app.localhost,    200",
    "evil.example,     403",
    "evil.example:80,  403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "10.0.0.1,         403",
  })
  void withoutALoginOnlyNamesOfThisMachineAreServed(String host, String status) throws Exception {
    try (ViewServer server = shop.serve()) {
      assertThat(status(server.address(), host), startsWith("HTTP/1.1 " + status));
    }
  }

  @Test
  void withALoginAnyNameIsServed() throws Exception {
    String reference = secret("token", "s3cret");
    try (ViewServer server = shop.serve(options -> options.setToken(reference))) {
      assertThat(status(server.address(), "dhara.example"), startsWith("HTTP/1.1 401"));
    }
  }

  @Test
  void beyondTheRateAnAddressIsToldToWait() throws Exception {
    try (ViewServer server = shop.serve(options -> options.setRequestsPerSecond(5))) {
      HttpAsk ask = new HttpAsk(server.address());
      int refused = 0;
      for (int i = 0; i < 20; i++) {
        HttpResponse<byte[]> response = ask.get("/api/views");
        if (response.statusCode() == 429) {
          refused++;
          assertThat(response.headers().firstValue("retry-after").orElse(""), is("1"));
          assertThat(HttpAsk.text(response), containsString("--requestsPerSecond"));
        }
      }
      assertThat(refused, is(greaterThan(5)));
      assertThat("files do not count", ask.get("/").statusCode(), is(200));
    }
  }

  @Test
  void otherMachinesAreServedOnlyIfTheUserSaysSo() throws Exception {
    assertThat(bad(options -> options.setHost("0.0.0.0")), containsString("--anonymous=true"));
    try (ViewServer server =
        shop.serve(
            options -> {
              options.setHost("0.0.0.0");
              options.setAnonymous(true);
            })) {
      assertThat(status(server.address(), "any.example"), startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void optionsThatCannotBeObeyedAreRefusedBeforeAnythingListens() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(bad(options -> options.setPort(other.getLocalPort())), containsString("--port=0"));
    }
    assertThat(bad(options -> options.setHost("no such host")), containsString("--host"));
    assertThat(bad(options -> options.setToken("secret")), containsString("--token=env:"));
    String reference = secret("both", "a:b");
    assertThat(
        bad(
            options -> {
              options.setToken(reference);
              options.setBasic(reference);
            }),
        containsString("choose one"));
    assertThat(bad(options -> options.setTlsPassword(reference)), containsString("--tlsKeyStore"));
    Path store = folder.resolve("other.p12");
    keytool(store, "changeit");
    assertThat(
        bad(options -> options.setTlsKeyStore(store.toString())), containsString("--tlsPassword"));
    assertThat(
        bad(
            options -> {
              options.setTlsKeyStore(store.toString());
              options.setTlsPassword(reference);
            }),
        containsString("cannot be read"));
  }

  private static String bad(Consumer<AccessOptions> set) {
    return assertThrows(
            BadOption.class,
            () ->
                shop.serve(
                        options -> {
                          set.accept(options);
                        })
                    .close())
        .getMessage();
  }

  /** The first line of the answer to a request that names a host. */
  private static String status(URI address, String host) throws IOException {
    return status(address, host, "/api/views");
  }

  /** The first line of the answer to a request for a path, which is sent as it is written. */
  private static String status(URI address, String host, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
              .readLine();
      return line == null ? "" : line;
    }
  }

  private static String secret(String name, String secret) throws IOException {
    return "file:" + Files.writeString(folder.resolve(name), secret);
  }

  /** A certificate for 127.0.0.1 and its key, made by the JDK's own tool. */
  private static void keytool(Path store, String password) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "dhara",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                password)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output, process.waitFor(), is(0));
  }

  private static SSLContext trusting(Path store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      trusted.load(in, "changeit".toCharArray());
    }
    KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
    certificates.load(null, null);
    certificates.setCertificateEntry("dhara", trusted.getCertificate("dhara"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
