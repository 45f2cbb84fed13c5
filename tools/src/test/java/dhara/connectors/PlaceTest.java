package dhara.connectors;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run reads and what it writes to, in each other's way or not. */
final class PlaceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # pattern read                 | folder written        | in the way
          DIR/in/orders.jsonl            | DIR/out               | false
          DIR/in/*.jsonl                 | DIR/in/out            | false
          DIR/in/*/*.jsonl               | DIR/in                | true
          DIR/in/*/*.jsonl               | DIR/in/deep           | false
          DIR/in/o*/*.jsonl              | DIR/in                | true
          DIR/in/x*/*.jsonl              | DIR/in                | false
          DIR/**.jsonl                   | DIR/out               | true
          DIR/in/**/*.jsonl              | DIR/out               | false
          DIR/{in,out/orders}/*.jsonl    | DIR/out               | true
          DIR/out/orders/*.jsonl         | DIR/out               | true
          DIR/in/../out/orders/*.jsonl   | DIR/out               | true
          DIR/link/orders/*.jsonl        | DIR/out               | true
          DIR/l*/orders/*.jsonl          | DIR/out               | true
          DIR/out/orders/*.jsonl         | DIR/link              | true
          DIR/out/orders/*.jsonl         | files://DIR/out       | true
          file:DIR/out/orders/*.jsonl    | DIR/out               | true
          DIR/out                        | DIR/out               | true
          DIR/in                         | DIR/in/out            | true
          DIR/in                         | DIR/out               | false
          gs://b/data/*/*.jsonl          | gs://b/data           | true
          gs://b/data/*.jsonl            | gs://b/data           | false
          gs://b/data/*/*.jsonl          | gs://c/data           | false
          """)
  void aFolderIsInTheWayOfAPatternThatReadsIt(
      String pattern, String folder, boolean inTheWay, @TempDir Path dir) throws IOException {
    Files.createDirectories(dir.resolve("in"));
    Files.createDirectories(dir.resolve("out"));
    Files.createSymbolicLink(dir.resolve("link"), dir.resolve("out"));
    Place read =
        Place.read(Endpoint.of("--events", pattern.replace("DIR", dir.toString())), "orders");
    Place written = written("--answers", folder.replace("DIR", dir.toString()), "orders", "");

    assertThat(refuses(List.of(read), List.of(written)), is(inTheWay));
  }

  @Test
  void aRelativePathIsInTheWayOfAnAbsoluteOne() {
    Place read = Place.read(Endpoint.of("--events", "target/x/orders/*.jsonl"), "orders");
    String absolute = Path.of("target/x").toAbsolutePath().toString();

    assertThat(
        refuses(List.of(read), List.of(written("--answers", absolute, "orders", ""))), is(true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka://a:1/x      | kafka://a:1/x                    | --answers=kafka://a:1/x: orders would go to the topic x, where --events reads trades: the run, or the next one, would read what it wrote; name another place
          kafka://a:1,b:2/x  | kafka://b:2,a:1/x?partitions=4   | --answers=kafka://b:2,a:1/x?partitions=4: orders would go to the topic x, where --events reads trades: the run, or the next one, would read what it wrote; name another place
          kafka://a:1,b:2/x?end=latest | kafka://B:2,c:1/x      | --answers=kafka://B:2,c:1/x: orders would go to the topic x, where --events reads trades: the run, or the next one, would read what it wrote; name another place
          """)
  void aTopicThatIsReadIsNotWrittenTo(String read, String written, String refusal) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                Place.check(
                    List.of(Place.read(Endpoint.of("--events", read), "trades")),
                    List.of(written("--answers", written, "orders", ""))));
    assertThat(refused.getMessage(), is(refusal));
  }

  @Test
  void onlyTheOutputThatFeedsAnInputIsWrittenWhereThatInputIsRead() {
    List<Place> read =
        List.of(
            Place.read(Endpoint.of("--events", "kafka://a:1/rules"), "rules"),
            Place.read(Endpoint.of("--events", "kafka://a:1/trades"), "trades"));
    Map<String, String> feeds = Map.of("changes", "rules");
    Place fed = written("--answers", "kafka://a:1/rules", "changes", "");
    Place other = written("--answers", "kafka://a:1/rules", "orders", "");
    Place facts = written("--answers", "kafka://a:1/trades", "changes", "");

    Place.check(read, List.of(fed), feeds);
    assertThrows(BadOption.class, () -> Place.check(read, List.of(fed)));
    assertThrows(BadOption.class, () -> Place.check(read, List.of(other), feeds));
    assertThrows(BadOption.class, () -> Place.check(read, List.of(facts), feeds));
  }

  @Test
  void whatGoesBesideTheAnswersIsNotReadEither() {
    Place read = Place.read(Endpoint.of("--events", "kafka://a:1/x-dead-letters"), "trades");
    List<Place> written =
        List.of(
            written("--answers", "kafka://a:1/x", "orders", ""),
            written("--answers", "kafka://a:1/x", "dead-letters", "-dead-letters"));

    assertThat(refuses(List.of(read), written), is(true));
    assertThat(refuses(List.of(), written), is(false));
  }

  @Test
  void twoOutputsDoNotShareATopicOrAFolder() {
    Place answers = written("--answers", "kafka://a:1,b:2/x", "orders", "");
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                Place.check(
                    List.of(),
                    List.of(answers, written("--late", "kafka://b:2,a:1/x", "late", ""))));
    assertThat(
        refused.getMessage(),
        is(
            "--late=kafka://b:2,a:1/x: late would go to the topic x, where orders (--answers) goes"
                + " too; name another place"));
    Place folder = written("--answers", "target/x", "late", "");
    assertThat(
        refuses(List.of(), List.of(folder, written("--late", "./target/x", "late", ""))), is(true));
    assertThat(
        refuses(List.of(), List.of(folder, written("--answers", "target/x", "orders", ""))),
        is(false));
  }

  @Test
  void theConsoleTakesAll() {
    assertDoesNotThrow(
        () ->
            Place.check(
                List.of(),
                List.of(
                    written("--answers", "console", "orders", ""),
                    written("--late", "console", "late", ""))));
  }

  private static Place written(String option, String uri, String what, String suffix) {
    return new Place(Endpoint.of(option, uri), what, suffix, true);
  }

  private static boolean refuses(List<Place> read, List<Place> written) {
    try {
      Place.check(read, written);
      return false;
    } catch (BadOption e) {
      return true;
    }
  }
}
