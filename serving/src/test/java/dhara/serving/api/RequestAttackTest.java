package dhara.serving.api;

import static dhara.fuzz.Hostile.bytes;
import static dhara.fuzz.Hostile.one;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Requests that no client would send: each is answered, or refused as a mistake of the client, and
 * no answer tells anything of the inside of the server.
 */
class RequestAttackTest {

  private static final List<String> COLUMNS =
      List.of(
          "category",
          "window_start",
          "window_end",
          "revision",
          "gmv_minor",
          "mean",
          "price",
          "busy",
          "last_at",
          "best",
          "answer_state",
          "revisable_until",
          "nothing",
          "_id");

  private static final List<String> OPERATIONS =
      List.of("", ".eq", ".ne", ".gt", ".ge", ".lt", ".le", ".like", ".in", ".x", ".", "..in");

  private static final List<String> OWN =
      List.of("from", "to", "order", "limit", "cursor", "asKnownAt", "columns", "format");

  private static final List<String> VALUES =
      List.of(
          "books",
          "7",
          "1e30",
          "1e999999999",
          "-1e-999999999",
          "123456789012345678901234567.5",
          "9".repeat(400),
          "true",
          "2026-01-05T09:00:00Z",
          "-999999999-01-01T00:00:00Z",
          "+999999999-12-31T23:59:59.999999999Z",
          "+294247-01-10T04:00:54.775807Z",
          "-290308-12-21T19:59:05.224192Z",
          "%",
          "_".repeat(3_000),
          "%a".repeat(1_500),
          "\u0000",
          "a,b,,",
          "gmv_minor,-category,gmv_minor",
          "-price,busy",
          "csv",
          "arrow",
          "1",
          "10000",
          "10001");

  private static final List<String> GOOD =
      List.of(
          "category.in=books,games",
          "gmv_minor.gt=5",
          "price.le=12.50",
          "mean.ne=1e3",
          "busy=true",
          "order=-price,category",
          "columns=category,price,best",
          "limit=2",
          "from=2026-01-05T09:00:00Z",
          "to=+12345-01-01T00:00:00Z",
          "format=csv",
          "format=arrow");

  private static final List<String> PATHS =
      List.of(
          "/",
          "/api/views",
          "/api/views/",
          "/api/views/shop.ledger",
          "/api/views/%2e%2e/x",
          "/api/views/%00",
          "/api/views/shop%2Esales",
          "/api/../metrics",
          "/api/status",
          "/api/sql",
          "/api/openapi.json",
          "/api/changes?views=",
          "/api/changes?views=shop.sales,x",
          "/metrics",
          "/healthz",
          "/app.js",
          "//",
          "/%",
          "*",
          "http://localhost/api/views",
          "localhost:80");

  private static final List<String> HEADERS =
      List.of(
          "Accept: text/csv",
          "Accept: ,;q=,*/*",
          "Accept: application/vnd.apache.arrow.stream",
          "Accept-Encoding: gzip",
          "Accept-Encoding: gzip;q=x, *;q=1e999",
          "Authorization: Basic ====",
          "Authorization: Bearer x",
          "Content-Encoding: gzip",
          "Content-Length: 5",
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Type: application/json; charset=nothing",
          "Content-Type: application/x-www-form-urlencoded",
          "Content-Type: multipart/form-data; boundary=x",
          "Cookie: JSESSIONID=../../x; a=\"",
          "Expect: 100-continue",
          "Host: [::1",
          "Host: a@b:99999",
          "If-None-Match: *",
          "If-Modified-Since: never",
          "Last-Event-ID: 9223372036854775807",
          "Last-Event-ID: -1",
          "Last-Event-ID: x",
          "Range: bytes=-1,9-,x",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: x",
          "Upgrade: h2c",
          "Upgrade: websocket",
          "X-Forwarded-For: x",
          "X-HTTP-Method-Override: DELETE");

  private static final List<String> METHODS =
      List.of("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "É");

  private static final List<String> STATEMENTS =
      List.of(
          "select category, sum(gmv_minor) v from shop_sales group by all order by 2 desc",
          "select best from shop_sales",
          "select price / 0, mean / 0, 1e308 * 10, -mean from shop_sales",
          "select timestamp '294246-01-01', interval 1 year, date '9999-12-31', time '24:00'",
          "select 'infinity'::timestamp, '-infinity'::date, 'nan'::double, ''::blob",
          "select [1, [2]], {a: 1}, map {'k': []}, 1::hugeint << 100, uuid(), null",
          "select cast(category as int) from shop_sales",
          "select 1 a, 2 a",
          "from no_such_table");

  /** What only the inside of the server knows. */
  private static final List<String> INSIDE =
      List.of(
          "dhara.serving",
          "dhara.connectors",
          "java.lang",
          "java.base",
          "java.sql",
          "org.duckdb",
          "org.eclipse",
          "io.javalin",
          "com.fasterxml",
          ".java:",
          "Exception",
          "\tat ");

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

  /** A server that says nothing for so long hangs; a statement may run for ten seconds. */
  private static final int PATIENCE_MILLIS = 60_000;

  /** A request without a body, or with one. */
  private static byte[] request(
      String method, String path, byte[] body, List<String> given, SplittableRandom random) {
    StringBuilder head = new StringBuilder(method + " " + path);
    head.append(random.nextInt(50) > 0 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    head.append("Connection: close\r\n");
    given.forEach(header -> head.append(header).append("\r\n"));
    boolean named = given.stream().anyMatch(header -> header.startsWith("Host"));
    if (!named) {
      head.append("Host: localhost\r\n");
    }
    for (int i = Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
      head.append(random.nextInt(3) > 0 ? one(HEADERS, random) : header(random)).append("\r\n");
    }
    if (body.length > 0 && random.nextInt(20) > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head.toString().getBytes(ISO_8859_1));
    whole.writeBytes(body);
    byte[] bytes = whole.toByteArray();
    return random.nextInt(8) > 0 ? bytes : Hostile.broken(bytes, random);
  }

  private static String header(SplittableRandom random) {
    String name = one(HEADERS, random).replaceFirst(":.*", ": ");
    return name + Hostile.text(random).replace('\n', ' ');
  }

  private static String parameter(SplittableRandom random, String cursor) {
    if (random.nextInt(3) == 0) {
      return one(GOOD, random);
    }
    String name =
        random.nextInt(3) > 0 ? one(COLUMNS, random) + one(OPERATIONS, random) : one(OWN, random);
    String value =
        name.equals("cursor")
            ? cursor(cursor, random)
            : random.nextInt(4) > 0 ? one(VALUES, random) : Hostile.text(random);
    return name + "=" + encoded(value, random);
  }

  private static String encoded(String value, SplittableRandom random) {
    if (random.nextInt(10) > 0) {
      return URLEncoder.encode(value, UTF_8);
    }
    // As it is, but for what would end the line.
    return new String(bytes(value), ISO_8859_1).replaceAll("[\\s&#]", "+");
  }

  /** A cursor of this query or one like it, with other values in it, or no cursor. */
  private static String cursor(String good, SplittableRandom random) {
    if (random.nextInt(8) == 0) {
      return Hostile.text(random);
    }
    String json = new String(Base64.getUrlDecoder().decode(good), UTF_8);
    Matcher values = Pattern.compile("\"at\":\\[.*]").matcher(json);
    String at =
        switch (random.nextInt(4)) {
          case 0 -> "[" + Hostile.value(random) + "]";
          case 1 -> "[null]";
          case 2 -> "[\"" + one(VALUES, random) + "\"]";
          default -> Hostile.value(random);
        };
    String other = values.replaceFirst(Matcher.quoteReplacement("\"at\":" + at));
    byte[] made = random.nextInt(4) > 0 ? bytes(other) : Hostile.broken(bytes(json), random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(made);
  }

  private static byte[] query(SplittableRandom random, String cursor) {
    StringBuilder path = new StringBuilder("/api/views/shop.sales?");
    if (random.nextInt(3) == 0) {
      path.append("limit=1&cursor=").append(encoded(cursor(cursor, random), random)).append('&');
    }
    path.append(parameter(random, cursor));
    for (int i = random.nextInt(3); i > 0; i--) {
      path.append(random.nextInt(20) > 0 ? "&" : "&&").append(parameter(random, cursor));
    }
    return request("GET", path.toString(), new byte[0], List.of(), random);
  }

  private static byte[] statement(SplittableRandom random) {
    String sql = one(STATEMENTS, random).replace("'", "\\u0027");
    String body =
        switch (random.nextInt(6)) {
          case 0 -> Hostile.value(random);
          case 1 -> Hostile.object(List.of("\"sql\":\"" + sql + "\""), random);
          case 2 -> "{\"sql\":\"" + Hostile.text(random) + "\"}";
          case 3 -> "{\"sql\":\"" + "x".repeat(Hostile.times(random)) + "\"}";
          default -> "{\"sql\":\"" + sql + "\"}";
        };
    byte[] bytes = random.nextInt(4) > 0 ? bytes(body) : Hostile.broken(bytes(body), random);
    String type = "Content-Type: application/json";
    return request("POST", "/api/sql", bytes, List.of(type), random);
  }

  private static byte[] any(SplittableRandom random) {
    String path = random.nextInt(4) > 0 ? one(PATHS, random) : "/" + Hostile.text(random);
    byte[] body = random.nextInt(3) > 0 ? new byte[0] : bytes(Hostile.value(random));
    return request(one(METHODS, random), path, body, List.of(), random);
  }

  private static byte[] made(SplittableRandom random, String cursor) {
    return switch (random.nextInt(3)) {
      case 0 -> query(random, cursor);
      case 1 -> statement(random);
      default -> any(random);
    };
  }

  /** What the server says until it closes the connection; of a stream of changes, the beginning. */
  private static String answer(URI server, byte[] request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
      } catch (IOException e) {
        // It has refused the request before its end, and says why below.
      }
      byte[] buffer = new byte[1 << 14];
      try {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          said.write(buffer, 0, n);
          if (said.toString(ISO_8859_1).contains("text/event-stream")) {
            break;
          }
        }
      } catch (SocketException e) {
        // It has reset the connection, since it does not read what is left of the request.
      }
      return said.toString(ISO_8859_1);
    }
  }

  private static String end(String answer, String folder) {
    Matcher statuses = STATUS.matcher(answer);
    String end = "closed";
    while (statuses.find()) {
      int status = Integer.parseInt(statuses.group(1));
      // 501 and 505 name what of HTTP is not spoken here.
      if (status >= Refusal.FAILURE && status != 501 && status != 505) {
        throw new AssertionError(answer);
      }
      end = status < 400 ? "answered" : "refused";
    }
    INSIDE.forEach(word -> assertThat(answer, answer.contains(word), is(false)));
    assertThat(answer, answer.contains(folder), is(false));
    return end;
  }

  @Test
  void aRequestIsAnsweredOrRefusedAndTellsNothingOfTheInside() throws Exception {
    try (ServedShop shop = ServedShop.open()) {
      shop.sell("books", 0, 1_000);
      shop.sell("games", 0, 3_000);
      shop.sell("games", 1, 4_000);
      try (ViewServer server = shop.serve()) {
        HttpAsk ask = new HttpAsk(server.address());
        String cursor = ask.json("/api/views/shop.sales?limit=1").get("next").asText();
        String folder = shop.folder().getFileName().toString();

        Map<String, Long> ends =
            Attack.of("requests", 25)
                .on(
                    random -> made(random, cursor),
                    bytes -> end(answer(server.address(), bytes), folder));

        assertThat(ends.keySet(), hasItems("answered", "refused"));
        assertThat(ask.json("/api/views/shop.sales").get("rows").size(), is(3));
      }
    }
  }
}
