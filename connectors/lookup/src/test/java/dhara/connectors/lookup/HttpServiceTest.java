package dhara.connectors.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.oneOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dhara.options.SecretReference;
import dhara.testkit.Receiver;
import dhara.testkit.Receiver.Mood;
import dhara.testkit.Receiver.Request;
import dhara.transforms.call.CallOutcome;
import dhara.transforms.call.CallService;
import dhara.transforms.call.ServiceReply;
import dhara.transforms.call.ServiceScheme;
import dhara.transforms.call.ServiceTerms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A real server is asked, which fails in every way. */
class HttpServiceTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Receiver server;

  @BeforeEach
  void start() {
    server = Receiver.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Knows all keys but those that begin with {@code no}. */
  private static Mood knows() {
    return (exchange, nth, take) -> {
      String path = exchange.getRequestURI().getPath();
      String key = path.substring(path.lastIndexOf("/") + 1);
      if (key.startsWith("no")) {
        says(exchange, 404, "no such customer");
      } else {
        says(exchange, 200, " {\"name\" : \"" + key + "\", \"nth\": 1.50} ");
      }
    };
  }

  private static void says(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private static Mood text(int status, String body) {
    return (exchange, nth, take) -> says(exchange, status, body);
  }

  /** Terms that a test changes by their components' names. */
  private ServiceTerms terms(String path, Map<String, Object> other) {
    Map<String, Object> is = new HashMap<>();
    is.put("timeout", Duration.ofSeconds(20));
    is.put("batch", 1);
    is.put("inFlight", 4);
    is.put("rate", 0);
    is.put("cacheFor", Duration.ZERO);
    is.put("breaker", Duration.ofMinutes(10));
    is.putAll(other);
    return new ServiceTerms(
        server.url() + path,
        (String) is.get("token"),
        (Duration) is.get("timeout"),
        (int) is.get("batch"),
        (int) is.get("inFlight"),
        (int) is.get("rate"),
        (Duration) is.get("cacheFor"),
        1_000,
        (Duration) is.get("breaker"));
  }

  private CallService open(String path, Map<String, Object> other) {
    ServiceTerms terms = terms(path, other);
    return ServiceScheme.of(terms.uri()).opening(terms).open();
  }

  private static Map<String, ServiceReply> ask(CallService service, String... keys)
      throws InterruptedException {
    return service.ask(new LinkedHashSet<>(List.of(keys)));
  }

  /** What was said of each key: the body, or the outcome without one. */
  private static Map<String, String> said(Map<String, ServiceReply> replies) {
    Map<String, String> said = new TreeMap<>();
    replies.forEach(
        (key, reply) ->
            said.put(key, reply.body() == null ? reply.outcome().name() : reply.body()));
    return said;
  }

  @Test
  void eachKeyIsAskedAboutAloneIfTheAddressHasAPlaceForIt() throws Exception {
    server.mood(knows());
    try (CallService service = open("/{key}", Map.of())) {
      assertThat(
          said(ask(service, "asha", "ravi k", "नमस्ते", "nobody")),
          is(
              Map.of(
                  "asha", "{\"name\":\"asha\",\"nth\":1.50}",
                  "ravi k", "{\"name\":\"ravi k\",\"nth\":1.50}",
                  "नमस्ते", "{\"name\":\"नमस्ते\",\"nth\":1.50}",
                  "nobody", "UNKNOWN")));
    }
    assertThat(server.requests(), hasSize(4));
  }

  @Test
  void batchesHaveAtMostSoManyKeysAndOneAnswerForAllOfThem() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    server.mood(
        (exchange, nth, take) -> {
          ObjectNode answers = JSON.createObjectNode();
          int asked = 0;
          for (JsonNode key : JSON.readTree(body(nth))) {
            asked++;
            switch (key.asText()) {
              case "missing" -> {}
              case "null" -> answers.putNull("null");
              default -> answers.put(key.asText(), key.asText().length());
            }
          }
          synchronized (sizes) {
            sizes.add(asked);
          }
          says(exchange, 200, answers.toString());
        });
    try (CallService service = open("", Map.of("batch", 3, "inFlight", 1))) {
      assertThat(
          said(ask(service, "a", "bb", "missing", "null", "ccc", "\"q\"", "e", "f")),
          is(
              Map.of(
                  "a", "1", "bb", "2", "missing", "UNKNOWN", "null", "UNKNOWN", "ccc", "3", "\"q\"",
                  "3", "e", "1", "f", "1")));
    }
    assertThat(sizes, is(List.of(3, 3, 2)));
  }

  private String body(int nth) {
    return server.requests().get(nth - 1).body();
  }

  /** Latches that are never released: the server is closed at the end of the test. */
  static Stream<Arguments> faults() {
    Mood redirect =
        (exchange, nth, take) -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          says(exchange, 302, "");
        };
    return Stream.of(
        Arguments.of("500", text(500, "{}"), CallOutcome.FAILED, 2),
        Arguments.of("503", text(503, ""), CallOutcome.FAILED, 2),
        Arguments.of("408", text(408, ""), CallOutcome.FAILED, 2),
        Arguments.of("429", text(429, ""), CallOutcome.BUSY, 2),
        Arguments.of("hangs up", Receiver.hangsUp(), CallOutcome.FAILED, 2),
        Arguments.of("403", text(403, "{}"), CallOutcome.REFUSED, 1),
        Arguments.of("a redirect", redirect, CallOutcome.REFUSED, 1),
        Arguments.of("no JSON", text(200, "<html>"), CallOutcome.UNREADABLE, 1),
        Arguments.of("no body", text(200, ""), CallOutcome.UNREADABLE, 1),
        Arguments.of("two bodies", text(200, "{} {}"), CallOutcome.UNREADABLE, 1),
        Arguments.of(
            "too large", text(200, "\"" + "x".repeat(1 << 20) + "\""), CallOutcome.UNREADABLE, 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aServiceThatFailsIsAnOutcomeAndNoException(
      String fault, Mood mood, CallOutcome outcome, int requests) throws Exception {
    server.mood(mood);
    try (CallService service = open("/{key}", Map.of())) {
      assertThat(said(ask(service, "asha")), is(Map.of("asha", outcome.name())));
    }
    // Java's client itself repeats a GET whose connection was closed.
    assertThat(server.requests().size(), fault.equals("hangs up") ? greaterThan(1) : is(requests));
  }

  /** Never answers, or begins an answer that does not end. */
  static Stream<Arguments> slow() {
    return Stream.of(
        Arguments.of("hangs", Receiver.hangs(new CountDownLatch(1))),
        Arguments.of("slow body", Receiver.dawdles(new CountDownLatch(1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("slow")
  void aServiceThatHangsIsLeftWhenTheTimeIsUp(String fault, Mood mood) throws Exception {
    server.mood(mood);
    try (CallService service =
        open("/{key}", Map.of("timeout", Duration.ofMillis(500), "inFlight", 2))) {
      Map<String, String> said = said(ask(service, "a", "b", "c", "d", "e"));

      // Two are asked about; most of the others had no turn.
      assertThat(said.keySet(), hasSize(5));
      assertThat(said.values(), everyItem(is(oneOf("TIMEOUT", "BUSY"))));
      assertThat(said.values(), hasItem("TIMEOUT"));
      assertThat(said.values(), hasItem("BUSY"));
    }
  }

  @Test
  void aServiceThatIsAwayHasFailedAndAnswersWhenItIsBack() throws Exception {
    server.mood(knows());
    server.goAway();
    try (CallService service = open("/{key}", Map.of())) {
      assertThat(said(ask(service, "asha")), is(Map.of("asha", "FAILED")));
      server.comeBack();
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
  }

  @Test
  void aCallThatFailedIsMadeOnceMore() throws Exception {
    server.mood(Receiver.first(1, text(500, ""), knows()));
    try (CallService service = open("/{key}", Map.of())) {
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
    assertThat(server.requests(), hasSize(2));
  }

  @Test
  void aBusyServiceIsAskedAgainWhenItSays() throws Exception {
    server.mood(Receiver.first(1, Receiver.overloaded(), knows()));
    try (CallService service = open("/{key}", Map.of())) {
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
    assertThat(server.requests(), hasSize(2));
  }

  @Test
  @Timeout(60) // and not until the timeout of the service
  void aServiceThatAsksForALongerPauseThanThereIsTimeIsLeftAlone() throws Exception {
    server.mood(
        (exchange, nth, take) -> {
          exchange.getResponseHeaders().set("Retry-After", "3000");
          says(exchange, 429, "");
        });
    try (CallService service = open("/{key}", Map.of("timeout", Duration.ofMinutes(30)))) {
      assertThat(said(ask(service, "asha")), is(Map.of("asha", "BUSY")));
      assertThat(said(ask(service, "asha")), is(Map.of("asha", "BUSY")));
    }
    assertThat("the second was not asked", server.requests(), hasSize(1));
  }

  @Test
  void theBreakerOpensAndClosesAgain() throws Exception {
    server.mood(text(500, ""));
    try (CallService service = open("/{key}", Map.of("breaker", Duration.ofMillis(50)))) {
      Map<String, String> said = said(ask(service, "a", "b", "c", "d", "e", "f", "g", "h"));
      while (!said.containsValue("BREAKER_OPEN")) {
        said = said(ask(service, "a", "b", "c", "d", "e", "f", "g", "h"));
      }
      server.mood(knows());
      while (said(ask(service, "asha")).containsValue("BREAKER_OPEN")) {
        assertThat("an open breaker asks nothing", server.requests(), hasSize(0));
      }
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
  }

  @Test
  void anOpenBreakerAsksNothing() throws Exception {
    server.mood(text(500, ""));
    try (CallService service = open("/{key}", Map.of())) {
      while (!said(ask(service, "a", "b", "c")).containsValue("BREAKER_OPEN")) {
        assertThat(server.requests().size(), is(lessThan(100)));
      }
      server.mood(knows());
      assertThat(
          said(ask(service, "a", "b")), is(Map.of("a", "BREAKER_OPEN", "b", "BREAKER_OPEN")));
    }
    assertThat(server.requests(), hasSize(0));
  }

  @Test
  void moreCallsThanTheRateAllowsAreNotMade() throws Exception {
    server.mood(knows());
    try (CallService service =
        open("/{key}", Map.of("rate", 1, "timeout", Duration.ofMillis(300)))) {
      Map<String, String> said = said(ask(service, "a", "b", "c", "d", "e"));

      long busy = said.values().stream().filter("BUSY"::equals).count();
      assertThat(busy, is(greaterThan(2L)));
      assertThat(server.requests().size(), is((int) (5 - busy)));
    }
  }

  @Test
  void soManyCallsAreOpenAtOnceAndNoMore() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    Mood knows = knows();
    server.mood(
        (exchange, nth, take) -> {
          most.accumulateAndGet(open.incrementAndGet(), Math::max);
          two.countDown();
          two.await();
          open.decrementAndGet();
          knows.answer(exchange, nth, take);
        });
    try (CallService one = open("/{key}", Map.of("inFlight", 2));
        CallService other = open("/{key}", Map.of("inFlight", 2))) {
      Thread beside =
          new Thread(
              () -> {
                try {
                  Map<String, ServiceReply> unused = ask(other, "u", "v", "w", "x", "y", "z");
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      beside.start();
      assertThat(
          ask(one, "a", "b", "c", "d", "e").values().stream().map(ServiceReply::outcome).toList(),
          everyItem(is(CallOutcome.FOUND)));
      beside.join();
    }
    assertThat("both instances share the limit", most.get(), is(lessThanOrEqualTo(2)));
    assertThat(server.requests(), hasSize(11));
  }

  @Test
  void anAnswerIsUsedAgainWithTheTimeAtWhichItWasAsked() throws Exception {
    server.mood(knows());
    Map<String, Object> cached = Map.of("cacheFor", Duration.ofHours(1));
    try (CallService one = open("/{key}", cached);
        CallService other = open("/{key}", cached)) {
      Map<String, ServiceReply> first = ask(one, "asha", "nobody");
      assertThat(ask(one, "asha", "nobody"), is(first));
      assertThat("it is known in the whole process", ask(other, "nobody", "asha"), is(first));
    }
    assertThat(server.requests(), hasSize(2));
  }

  @Test
  void aFailureIsNotUsedAgain() throws Exception {
    server.mood(Receiver.first(1, text(403, ""), knows()));
    try (CallService service = open("/{key}", Map.of("cacheFor", Duration.ofHours(1)))) {
      assertThat(said(ask(service, "asha")), is(Map.of("asha", "REFUSED")));
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
  }

  @Test
  void theTokenIsSentAndWhatIsNoneIsRefusedWithoutIt(@TempDir Path folder) throws Exception {
    server.mood(knows());
    Path secret = Files.writeString(folder.resolve("token"), "s3cret\n");
    try (CallService service = open("/{key}", Map.of("token", "file:" + secret))) {
      assertThat(ask(service, "asha").get("asha").outcome(), is(CallOutcome.FOUND));
    }
    Request request = server.requests().get(0);
    assertThat(request.headers().get("authorization"), is("Bearer s3cret"));

    Path two = Files.writeString(folder.resolve("two"), "s3cret words");
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> open("/{key}", Map.of("token", "file:" + two)));
    assertThat(refused.getMessage(), not(containsString("s3cret")));
    Exception missing =
        assertThrows(
            SecretReference.Missing.class,
            () -> open("/{key}", Map.of("token", "file:" + folder.resolve("none"))));
    assertThat(missing.getMessage(), containsString("put it on every worker"));
  }

  @Test
  void anAddressThatCannotBeAskedIsRefused() {
    assertThat(refused("ftp://host/{key}"), containsString("begins with one of [http, https]"));
    assertThat(refused("customers"), containsString("begins with one of [http, https]"));
    assertThat(refused("http:///{key}"), containsString("no host"));
    assertThat(refused("http://a b/{key}"), containsString("no address"));
    assertThat(refused("https://me:s3cret@host/{key}"), not(containsString("s3cret")));
    assertThat(refused("https://me:s3cret@host/{key}"), containsString("--serviceToken=env:NAME"));
  }

  private static String refused(String uri) {
    ServiceTerms terms =
        new ServiceTerms(
            uri, null, Duration.ofSeconds(1), 1, 1, 0, Duration.ZERO, 1, Duration.ofSeconds(1));
    return assertThrows(IllegalArgumentException.class, () -> ServiceScheme.of(uri).opening(terms))
        .getMessage();
  }
}
