package dhara.runners.direct;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.assembly.Assembly;
import dhara.pipelines.Analysis;
import dhara.testkit.Built;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.TokensOnEngine;
import dhara.tokens.Seal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Personal data on the direct runner, in files, topics, dead letters and what is said. */
class DirectTokensTest extends TokensOnEngine {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is planted in bytes that are no event, beyond what the files have. */
  private static final List<String> GARBAGE =
      List.of(
          "payer-901 paid payee payer-902 with phone-903",
          "{\"id\":\"X1\",\"payer\":\"payer-904\",\"amount_minor\":\"phone-905\"}",
          "{\"id\":\"X2\",\"at\":\"2026-01-06T04:30:00Z\",\"payer\":\"payer-906\",\"payee\":"
              + "\"payer-907\",\"status\":\"SUCCESS\",\"amount_minor\":-1,\"device\":\"phone-908\"}");

  @Test
  void deadLettersAreSealedAndOpenToWhatTheyAreInClear() throws IOException {
    Path planted = folder.resolve("planted.jsonl");
    Files.write(planted, GARBAGE);
    Path clear = folder.resolve("clear");
    Path sealed = folder.resolve("sealed");
    Path opened = folder.resolve("opened.jsonl");
    String more = "--events=payments=" + planted;
    Command.done(payments(more, "--answers=files:" + clear));
    Command run = Command.done(Command.line(payments(more, "--answers=files:" + sealed), tokens()));

    Command open =
        Command.done(List.of("unseal", "files:" + sealed, tokens().get(1), "--out=" + opened));

    List<String> letters = rows(clear.resolve("dead-letters"));
    assertThat(letters, hasSize(greaterThan(GARBAGE.size())));
    assertThat(unseen(Files.readAllLines(opened)), is(unseen(letters)));
    assertThat(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(opened)), is("rw-------"));
    assertThat(
        open.err(),
        is(
            "%d dead letters opened, 0 were not sealed, 0 could not be opened\n"
                .formatted(letters.size())));
    for (String letter : rows(sealed.resolve("dead-letters"))) {
      JsonNode json = JSON.readTree(letter);
      assertThat(json.get("text").textValue(), is(Seal.TEXT));
      assertThat(
          new String(json.get("bytes").binaryValue(), StandardCharsets.ISO_8859_1),
          startsWith("dhara-sealed-1:"));
    }
    assertNothingPersonal(run, sealed);
  }

  /** The rows without when they were read, sorted. */
  private static List<String> unseen(List<String> rows) throws IOException {
    List<String> unseen = new ArrayList<>();
    for (String row : rows) {
      ObjectNode json = (ObjectNode) JSON.readTree(row);
      json.remove("seen_at");
      unseen.add(json.toString().replaceAll("it was logged, at [^\"]+", "it was logged"));
    }
    unseen.sort(null);
    return unseen;
  }

  private static List<String> rows(Path in) throws IOException {
    List<String> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(in)) {
      for (Path file : files.filter(f -> !f.getFileName().toString().startsWith("_")).toList()) {
        rows.addAll(Files.readAllLines(file));
      }
    }
    return rows;
  }

  /**
   * Neither what is personal nor the key is in any file, nor in Base64 within one, nor was said.
   */
  private static void assertNothingPersonal(Command run, Path out) throws IOException {
    List<String> all = new ArrayList<>(List.of(run.out(), run.err()));
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    for (String letter : rows(out.resolve("dead-letters"))) {
      all.add(
          new String(
              Base64.getDecoder().decode(JSON.readTree(letter).get("bytes").textValue()),
              StandardCharsets.ISO_8859_1));
    }
    for (String text : all) {
      assertThat(text, PERSONAL.matcher(text).find(), is(false));
      assertThat(text, not(containsString(SECRET)));
    }
  }

  @Test
  void noWordOfItIsSaid() throws IOException {
    Path planted = folder.resolve("planted.jsonl");
    Files.write(planted, GARBAGE);
    List<String> read =
        Command.line(List.of("fraud", "--verbose", "--events=payments=" + planted), tokens());

    Command run = Command.run(read);
    Command explained = Command.done(Command.line(read, List.of("--explain")));

    assertThat(run.exit(), is(1)); // no event is used
    assertThat(run.err(), containsString("dead letter MALFORMED " + planted + " byte=0: sealed"));
    assertThat(
        explained.out(),
        containsString(
            "Tokens instead of device, payee, payer under the key of file:"
                + folder.resolve("key")));
    for (Command each : List.of(run, explained)) {
      String said = each.out() + each.err();
      assertThat(said, PERSONAL.matcher(said).find(), is(false));
      assertThat(said, not(containsString(SECRET)));
    }
  }

  @Test
  void aFileWithoutAHeaderShowsNoneOfItsValues() throws IOException {
    Path file = folder.resolve("payments.csv");
    Files.writeString(file, "1,2026-01-06T04:30:00Z,payer-1,payer-2,phone-1\n");

    Command run =
        Command.run(
            Command.line(List.of("fraud", "--verbose", "--events=payments=" + file), tokens()));

    assertThat(run.exit(), is(2));
    assertThat(run.err(), containsString("Payment has no column id"));
    assertThat(run.err(), PERSONAL.matcher(run.err()).find(), is(false));
  }

  @Test
  void aTopicIsReadIntoTheSameTokens() throws IOException {
    Path out = folder.resolve("out");
    String good =
        "{\"id\":\"P1\",\"at\":\"2026-01-06T04:30:00Z\",\"payer\":\"payer-7\",\"payee\":\"payer-8\","
            + "\"status\":\"SUCCESS\",\"amount_minor\":100,\"device\":\"phone-7\"}";
    List<String> records =
        List.of(good, good.replace("2026", "2999"), "payer-9", good.replace("100", "\"phone-7\""));
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("payments", 1);
      for (String record : records) {
        kafka.produce(
            "payments",
            0,
            Instant.parse("2026-01-06T04:30:01Z"),
            "payer-7".getBytes(UTF_8),
            record.getBytes(UTF_8));
      }

      Command run =
          Command.done(
              Command.line(
                  List.of(
                      "fraud",
                      "--events=payments=" + kafka.uri("payments") + "?end=latest",
                      "--answers=files:" + out),
                  tokens()));

      assertNothingPersonal(run, out);
    }
    List<String> decisions = rows(out.resolve("decisions"));
    assertThat(decisions, hasSize(1));
    assertThat(decisions.get(0), startsWith("{\"payment\":\"P1\",\"payer\":\"" + token("payer-7")));
    List<String> opened =
        Command.done(List.of("unseal", "files:" + out + "/dead-letters", tokens().get(1)))
            .out()
            .lines()
            .toList();
    List<String> bytes = new ArrayList<>();
    for (String letter : opened) {
      bytes.add(new String(JSON.readTree(letter).get("bytes").binaryValue(), UTF_8));
    }
    bytes.sort(null);
    assertThat(bytes, is(records.subList(1, 4).stream().sorted().toList()));
  }

  @Test
  void withAnotherKeyNothingIsOpened() throws IOException {
    Path sealed = folder.resolve("sealed");
    Command.done(Command.line(payments("--answers=files:" + sealed), tokens()));
    Path other =
        Files.writeString(folder.resolve("other"), "another key of 32 bytes and some more");

    Command open =
        Command.run(
            List.of("unseal", "files:" + sealed + "/dead-letters", "--tokeniseKey=file:" + other));

    assertThat(open.exit(), is(1));
    assertThat(open.out(), is(""));
    assertThat(open.err(), containsString("is sealed with the key " + token("").substring(1, 5)));
    assertThat(
        open.err(),
        containsString(
            "0 dead letters opened, 0 were not sealed, %d could not be opened"
                .formatted(rows(sealed.resolve("dead-letters")).size())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --tokenise=payr               | --tokenise=payr: is no field of what is read. Did you mean payer or payee?
          --tokenise=device,amountMinor | --tokenise=amountMinor: is no text but a long, and only texts become tokens. These are texts: app, device,
          --tokenise=payer --map=payments.id={payer}/{payee} | --tokenise=payer: the field payer becomes a token as payer, and is read in clear into id; name that too
          """)
  void whatCannotBecomeATokenIsRefused(String options, String why) throws IOException {
    List<String> arguments = new ArrayList<>(payments(options.split(" ", -1)));
    arguments.add(tokens().get(1));
    Command run = Command.run(arguments);
    assertThat(run.exit(), is(2));
    assertThat(run.err(), startsWith("dhara: " + why));
  }

  @Test
  void aKeyIsNamedAndLongEnoughAndNeverShown() throws IOException {
    Path tooShort = Files.writeString(folder.resolve("short"), "tiger of 15 by\n");
    String tokenise = "--tokenise=payer_bank";
    assertThat(
        refused(payments(tokenise)),
        is("dhara: --tokeniseKey: is missing, e.g. --tokeniseKey=file:/etc/dhara/token.key\n"));
    assertThat(
        refused(payments(tokens().get(1))),
        startsWith("dhara: --tokenise: is missing, and --tokeniseKey is for it"));
    assertThat(
        refused(payments(tokenise, "--tokeniseKey=file:" + tooShort)),
        is(
            "dhara: --tokeniseKey=file:%s: has 14 bytes, and a key needs at least 32; make one with openssl rand -hex 32\n"
                .formatted(tooShort)));
    for (String spelt : List.of("--tokeniseKey=", "--tokenizeKey=", "--tokenisKey=")) {
      String said = refused(payments(tokenise, "--verbose", spelt + SECRET));
      assertThat(said, not(containsString("tiger")));
    }
  }

  @Test
  void aWorkerWithoutTheKeySaysWhichItLacks() throws IOException {
    Command run =
        Command.run(payments("--tokenise=payer", "--tokeniseKey=file:" + folder + "/nowhere"));
    assertThat(run.exit(), is(1));
    assertThat(
        run.err(),
        containsString(
            "file:%s/nowhere: cannot be read on this machine; put it on every worker"
                .formatted(folder)));
  }

  @Test
  void aSavepointOfASourceWithOtherTokensOrNoneHasOtherSteps() throws IOException {
    List<String> first = List.of("payer", "payee");
    Set<String> clear = segments(null, null);
    Set<String> tokens = segments(first, "env:ONE");

    assertThat(
        clear,
        is(Set.of("payments.Segments", "labels.Segments", "models.Segments", "rules.Segments")));
    assertThat(tokens, hasSize(4));
    for (String step : tokens) {
      assertThat(
          step, matchesPattern("(payments|labels|models|rules)\\.Tokens-[0-9a-f]{8}\\.Segments"));
    }
    assertThat(segments(List.of("payee", "payer"), "env:ONE"), is(tokens));
    for (Set<String> other :
        List.of(segments(first, "env:TWO"), segments(List.of("payer"), "env:ONE"))) {
      assertThat(Collections.disjoint(other, tokens), is(true));
    }
  }

  /** The names of the steps that begin to read files. */
  private Set<String> segments(List<String> fields, String key) throws IOException {
    Set<String> steps = new TreeSet<>();
    Built built =
        Built.overFiles(
            Analysis.all().get("fraud"),
            folder,
            options -> {
              options.setTokenise(fields);
              options.setTokeniseKey(key);
            });
    try (Assembly assembly = built.assembly()) {
      assembly
          .pipeline()
          .traverseTopologically(
              new Pipeline.PipelineVisitor.Defaults() {
                @Override
                public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
                  if (node.getFullName().endsWith(".Segments")) {
                    steps.add(node.getFullName());
                  }
                  return CompositeBehavior.ENTER_TRANSFORM;
                }
              });
    }
    return steps;
  }

  private static String refused(List<String> arguments) {
    Command run = Command.run(arguments);
    assertThat(run.err(), run.exit(), is(2));
    return run.err();
  }
}
