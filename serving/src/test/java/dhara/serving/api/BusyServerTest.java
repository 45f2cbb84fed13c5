package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.serving.shop.FailingViews;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusyServerTest {

  /** Many more than the server lets wait. */
  private static final int REQUESTS = 500;

  private static final int TRIES = 5;

  @ParameterizedTest
  @Timeout(1800)
  @CsvSource({
    "query, GET /api/views/shop.sales?limit=%d, , false",
    "all,   POST /api/sql, select %d, false",
    "all,   POST /api/sql, select 1, true",
  })
  void theServerIsAwakeWhileManyRequestsWaitForTheStore(
      String method, String request, String statement, boolean shared) throws Exception {
    AccessOptions options = PipelineOptionsFactory.as(AccessOptions.class);
    options.setPort(0);
    options.setRequestsPerSecond(0);
    List<Socket> waiting = new ArrayList<>();
    try (ServedShop shop = ServedShop.open()) {
      FailingViews slow = new FailingViews(shop.store(), method);
      try (ViewServer server = ViewServer.start(slow.views(), options)) {
        slow.hold();
        try {
          for (int i = 1; i <= REQUESTS; i++) {
            waiting.add(sent(server.address(), request.formatted(i), body(statement, i)));
          }
          HttpAsk ask = new HttpAsk(server.address());
          boolean well = false;
          for (int i = 0; i < TRIES && !well; i++) {
            well = ask.answersWithin("/healthz", Duration.ofSeconds(20));
          }
          assertThat("it answers while the others wait", well, is(true));
        } finally {
          slow.mend();
        }
        for (Socket socket : waiting) {
          assertThat(
              firstLine(socket),
              shared
                  ? containsString(" 200")
                  : anyOf(containsString(" 200"), containsString(" 429")));
        }
      } finally {
        for (Socket socket : waiting) {
          socket.close();
        }
      }
    }
  }

  private static String body(String statement, int number) {
    return statement == null ? "" : "{\"sql\":\"" + statement.formatted(number) + "\"}";
  }

  private static Socket sent(URI address, String request, String body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
    socket.setSoTimeout(60_000);
    String head =
        request
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String firstLine(Socket socket) throws IOException {
    String line =
        new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
            .readLine();
    return line == null ? "" : line;
  }
}
