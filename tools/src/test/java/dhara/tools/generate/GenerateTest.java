package dhara.tools.generate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dhara.engine.Job;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import dhara.tools.replay.Tides;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void writesAFileAndItsTruthAndNothingElse(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tides.jsonl");

    int exit = run("tides", "--count=500", "--seed=7", "--duplicates=0", "--out=" + file);

    assertThat(exit, is(0));
    assertThat(names(folder), containsInAnyOrder("tides.jsonl", "tides.jsonl.truth.json"));
    assertThat(
        Files.readString(folder.resolve("tides.jsonl.truth.json")),
        allOf(
            containsString("\"analysis\" : \"tides\""),
            containsString("\"seed\" : 7"),
            containsString("\"events\" : 500"),
            containsString("\"duplicates\" : 0"),
            containsString("\"deadLetters\" : {")));
  }

  @Test
  void writesToTheStandardOutputWithoutAFile() {
    assertThat(run("tides", "--count=3", "--garbage=0", "--duplicates=0"), is(0));
    assertThat(out.toString(StandardCharsets.UTF_8).lines().count(), is(3L));
    assertThat(err(), containsString("3 events, 0 duplicates, 0 dead letters"));
  }

  @Test
  void refusesWhatItCannotDo(@TempDir Path folder) {
    assertThat(run("tides"), is(2));
    assertThat(err(), startsWith("dhara: --count: is missing"));
    assertThat(run("tides", "--count=-1"), is(2));
    assertThat(err(), containsString("--count=-1: is below zero"));
    assertThat(run("tides", "--count=1", "--duplicates=2"), is(2));
    assertThat(err(), containsString("--duplicates=2.0: is no share from 0 to 1"));
    assertThat(run("tides", "--count=1", "--input=boats"), is(2));
    assertThat(err(), containsString("is no input of tides; it reads [readings]"));
    assertThat(run("tides", "--count=1", "--out=" + folder.resolve("no/file")), is(2));
    assertThat(err(), containsString("its folder does not exist"));
    assertThat(run("tides", "--count=1", "--scenario=neap"), is(2));
    assertThat(err(), containsString("tides makes events of one kind only; leave it out"));
    assertThat(run("fraud", "--count=1", "--input=labels", "--scenario=thefts"), is(2));
    assertThat(err(), containsString("--scenario=thefts: is none of [compromised-cards]"));
    assertThat(run("tidse", "--count=1"), is(2));
    assertThat(err(), containsString("Did you mean tides?"));
    assertThat(run(), is(2));
    assertThat(err(), containsString("names no analysis"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    Console console =
        Console.piped(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    String[] all =
        Stream.concat(Stream.of("generate"), Stream.of(arguments)).toArray(String[]::new);
    return new Dhara(console, null, GenerateTest::noJob, Tides::line).run(all);
  }

  private static <O extends DharaOptions> Job noJob(Analysis<O> analysis, O options) {
    throw new AssertionError("generate runs no job: " + analysis.name());
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
