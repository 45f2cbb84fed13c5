package dhara.parity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code generate} for an analysis of two inputs of facts and a reference. */
final class GenerateInputsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> INPUTS = List.of("impressions", "clicks", "prices");

  @TempDir Path folder;

  @Test
  void aFolderGetsAFileForEachInputWithItsTruthBesideIt() throws IOException {
    Command command = generate("--count=600", "--out=" + folder.resolve("new/events"));

    assertThat(
        names("new/events"),
        containsInAnyOrder(
            "impressions.jsonl",
            "impressions.jsonl.truth.json",
            "clicks.jsonl",
            "clicks.jsonl.truth.json",
            "prices.jsonl",
            "prices.jsonl.truth.json"));
    List<String> said = command.err().lines().toList();
    assertThat(said, hasSize(3));
    long events = 0;
    for (int i = 0; i < INPUTS.size(); i++) {
      Path file = folder.resolve("new/events").resolve(INPUTS.get(i) + ".jsonl");
      JsonNode truth = truth(file);
      assertThat(truth.get("analysis").asText(), is("visits"));
      assertThat(truth.get("input").asText(), is(INPUTS.get(i)));
      assertThat(truth.get("lines").asInt(), is(Files.readAllLines(file, ISO_8859_1).size()));
      assertThat(truth.get("events").asLong(), is(greaterThan(0L)));
      assertThat(said.get(i), startsWith(file + ": " + truth.get("events").asLong() + " events, "));
      events += truth.get("events").asLong();
    }
    assertThat("--count is of all inputs together", events, is(600L));
  }

  @Test
  void allInputsComeFromOneScenarioSoThatTheirEventsBelongTogether() throws IOException {
    generate("--count=600", "--disorder=PT0S", "--duplicates=0", "--garbage=0", "--out=" + folder);

    Set<String> shown = new HashSet<>();
    for (String line : lines("impressions.jsonl")) {
      shown.add(JSON.readTree(line).get("id").asText());
    }
    List<String> clicked = new ArrayList<>();
    for (String line : lines("clicks.jsonl")) {
      clicked.add(JSON.readTree(line).get("impression").asText());
    }
    assertThat(clicked, is(not(empty())));
    assertThat(clicked, everyItem(is(in(shown))));
  }

  @Test
  void theSameSeedGivesTheSameFilesAndAnotherSeedGivesOthers() throws IOException {
    generate("--count=300", "--seed=7", "--out=" + folder.resolve("a"));
    generate("--count=300", "--seed=7", "--out=" + folder.resolve("b"));
    generate("--count=300", "--seed=8", "--out=" + folder.resolve("c"));

    for (String name : names("a")) {
      assertThat(name, lines("b/" + name), is(lines("a/" + name)));
      assertThat(name, lines("c/" + name), is(not(lines("a/" + name))));
    }
  }

  @Test
  void theNamedInputsAreWrittenAloneAsTheyWouldBeAmongAll() throws IOException {
    generate("--count=300", "--out=" + folder.resolve("all"));
    Files.createDirectories(folder.resolve("some"));
    generate(
        "--count=300",
        "--out=clicks=" + folder.resolve("some/c.jsonl"),
        "--out=prices=" + folder.resolve("some/p.jsonl"));
    generate("--count=300", "--input=clicks", "--out=" + folder.resolve("one.jsonl"));

    assertThat(
        names("some"),
        containsInAnyOrder("c.jsonl", "c.jsonl.truth.json", "p.jsonl", "p.jsonl.truth.json"));
    assertThat(lines("some/c.jsonl"), is(lines("all/clicks.jsonl")));
    assertThat(lines("some/p.jsonl"), is(lines("all/prices.jsonl")));
    assertThat(lines("one.jsonl"), is(lines("all/clicks.jsonl")));
  }

  @Test
  void oneInputGoesToTheStandardOutputOnRequest() throws IOException {
    generate("--count=300", "--out=" + folder);

    Command command = generate("--count=300", "--input=prices");

    assertThat(command.out().lines().toList(), is(lines("prices.jsonl")));
  }

  @Test
  void whatItCannotDoIsRefusedInOneLine() throws IOException {
    String names = "[impressions, clicks, prices]";
    refused(
        "--out=-: takes the events of one input, and there are %s; name a folder".formatted(names));
    refused("--out=views=v.jsonl: knows no views; its names are " + names, "--out=views=v.jsonl");
    refused(
        "--out=clicks=b.jsonl: is a second value for clicks",
        "--out=clicks=a.jsonl",
        "--out=clicks=b.jsonl");
    refused(
        "--out=events: stands beside clicks=c.jsonl; name a file for each input, or only a folder",
        "--out=events",
        "--out=clicks=c.jsonl");
    refused(
        "--out=clicks=c.jsonl: is of another input than --input=prices; leave one of them out",
        "--out=clicks=c.jsonl",
        "--input=prices");
    refused("--input=views: is no input of visits; it reads " + names, "--input=views");
    refused(
        "--out=" + folder + "/no/c.jsonl: its folder does not exist",
        "--out=clicks=" + folder + "/no/c.jsonl");
    assertThat(names("."), is(empty()));
  }

  private static void refused(String why, String... options) {
    Command command =
        Command.run(arguments(Stream.concat(Stream.of("--count=3"), Stream.of(options))));
    assertThat(command.err(), startsWith("dhara: " + why));
    assertThat(command.err().lines().count(), is(1L));
    assertThat(command.exit(), is(2));
  }

  private static Command generate(String... options) {
    return Command.done(arguments(Stream.of(options)));
  }

  private static List<String> arguments(Stream<String> options) {
    return Stream.concat(Stream.of("generate", "visits"), options).toList();
  }

  /** Lines of a file, as bytes, because garbage is among them. */
  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file), ISO_8859_1);
  }

  private Set<String> names(String of) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(of))) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  private static JsonNode truth(Path file) throws IOException {
    return JSON.readTree(file.resolveSibling(file.getFileName() + ".truth.json").toFile());
  }
}
