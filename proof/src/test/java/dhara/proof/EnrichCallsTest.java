package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.testkit.Command;
import dhara.testkit.Receiver;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code enrich} in a backfill: what it asks, what it replays, what it refuses. */
class EnrichCallsTest {

  @TempDir private Path folder;
  private Receiver service;
  private Path inquiries;

  @BeforeEach
  void start() throws IOException {
    service = Receiver.start();
    service.mood(
        (exchange, nth, take) -> {
          String key = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
          byte[] body = "{\"nth\":%d}".formatted(nth).getBytes(UTF_8);
          int status = key.equals("broken") ? 403 : 200;
          exchange.sendResponseHeaders(status, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    inquiries =
        Files.write(
            folder.resolve("inquiries.jsonl"),
            List.of(
                "{\"id\":\"1\",\"at\":\"2026-01-05T09:00:00Z\",\"key\":\"asha\"}",
                "{\"id\":\"2\",\"at\":\"2026-01-05T09:00:01Z\",\"key\":\"broken\"}",
                "{\"id\":\"3\",\"at\":\"2026-01-05T09:00:02Z\",\"key\":\"ravi\"}"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private List<String> enrich(String... more) {
    return Stream.concat(Stream.of("enrich", "--events=inquiries=" + inquiries), Stream.of(more))
        .toList();
  }

  @Test
  void whatOneBackfillAskedTheNextReplays() throws IOException {
    Path asked = folder.resolve("asked");
    Path replayed = folder.resolve("replayed");
    String fallback = "--fallback=guest={\"tier\":\"none\"}";
    Command.done(
        "direct",
        enrich(
            "--service=" + service.url() + "/{key}",
            "--callAgain=true",
            fallback,
            "--answers=files:" + asked));
    int requests = service.requests().size();
    List<String> answers = SettledAnswers.in(asked.resolve("enriched"));
    assertThat(answers, hasSize(3));
    assertThat(answers.get(0), containsString("\"outcome\":\"FOUND\",\"body\":\"{\\\"nth\\\":"));
    assertThat(
        answers.get(1),
        containsString(
            "\"outcome\":\"REFUSED\",\"body\":\"{\\\"tier\\\":\\\"none\\\"}\",\"fallback\":\"guest\""));

    Command.done(
        "direct",
        enrich(
            "--events=recorded=" + asked.resolve("calls"),
            fallback,
            "--answers=files:" + replayed));

    assertThat(SettledAnswers.in(replayed.resolve("enriched")), is(answers));
    assertThat(SettledAnswers.in(replayed.resolve("calls")), hasSize(0));
    assertThat("nothing was asked", service.requests(), hasSize(requests));
  }

  @Test
  void withoutRecordedCallsABackfillAsksOnlyIfItIsToldTo() {
    assertThat(
        refused("--service=" + service.url() + "/{key}"), containsString("--callAgain=true"));
    assertThat(refused(), containsString("--service: is missing"));
    assertThat(
        refused("--events=recorded=" + inquiries, "--callAgain=true"),
        containsString("recorded calls are read too"));
    assertThat("nothing was asked", service.requests(), hasSize(0));
  }

  @Test
  void aSecretIsNamedAndNeverShown() {
    List<String> messages =
        List.of(
            refused("--service=" + service.url() + "/{key}", "--serviceToken=s3cret"),
            refused("--service=https://me:s3cret@host/{key}", "--callAgain=true"));
    assertThat(messages, everyItem(not(containsString("s3cret"))));
    assertThat(messages, everyItem(containsString("env:NAME")));
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    assertThat(
        refused("--service=carrier-pigeon://loft/{key}", "--callAgain=true"),
        containsString("begins with one of [http, https]"));
    assertThat(
        refused("--service=" + service.url(), "--callAgain=true", "--cacheFor=-PT1S"),
        containsString("--cacheFor=-PT1S: is below zero"));
    assertThat(
        refused("--service=" + service.url(), "--callAgain=true", "--fallback==x"),
        containsString("has no name"));
    assertThat(
        refused("--service=" + service.url(), "--callAgain=true", "--fallback=x={\"tier\":"),
        containsString("has a body that is no JSON"));
    assertThat(
        refused("--service=" + service.url(), "--callAgain=true", "--fallback=x="),
        containsString("has an empty body"));
  }

  private String refused(String... more) {
    List<String> arguments = new ArrayList<>(enrich(more));
    arguments.add("--answers=files:" + folder.resolve("refused"));
    Command command = Command.run("direct", arguments);
    assertThat(command.err(), command.exit(), is(2));
    return command.err();
  }
}
