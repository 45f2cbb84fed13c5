package dhara.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {

  /** The claim of a dead process, whose lock is free. */
  private static final String DEAD = "_RUN-20260105T090000000-4711-0a1b2c3d";

  private static final String DEAD_STREAM = "_STREAM-20260105T090000000-4711-0a1b2c3d";

  @TempDir Path temporary;

  @Test
  void aRunThatEndsWellLeavesItsRowsAndTheMark() throws IOException {
    try (OutputFolder folder = backfill()) {
      folder.check();
      folder.claim();
      assertThat(names(), contains(startsWith("_RUN-")));
      Files.writeString(hauls().resolve("hauls-0.jsonl"), "{}\n");
      folder.succeed(List.of("{\"input\":\"boats\"}", "{\"input\":\"ponds\"}"));
    }

    assertThat(names(), contains("_SUCCESS", "hauls-0.jsonl"));
    assertThat(
        Files.readString(hauls().resolve("_SUCCESS")),
        is("{\"input\":\"boats\"}\n{\"input\":\"ponds\"}\n"));
    assertThat(unfinished(), is(Optional.empty()));
  }

  @Test
  void aRunThatFailsLeavesItsClaimBesideWhatItWrote() throws IOException {
    try (OutputFolder folder = backfill()) {
      folder.claim();
      Files.writeString(hauls().resolve("hauls-0.jsonl"), "{}\n");
    }

    assertThat(names(), contains(startsWith("_RUN-"), is("hauls-0.jsonl")));
    assertThat(
        unfinished().orElseThrow(),
        matchesPattern(
            hauls() + " is of a backfill that did not finish, started at \\S+Z as process \\d+"));
    assertThat(
        refusal(backfill()),
        matchesPattern(
            hauls()
                + " holds files of a backfill that did not finish, started at \\S+Z as process"
                + " \\d+; remove them, or name another folder"));
  }

  @Test
  void aRunThatFailsBeforeItWroteLeavesNothing() throws IOException {
    try (OutputFolder folder = backfill()) {
      folder.claim();
    }

    assertThat(names(), is(empty()));
  }

  @Test
  void ofTwoRunsAtOnceTheSecondGivesWay() throws IOException {
    try (OutputFolder first = backfill()) {
      first.claim();

      assertThat(
          refusal(backfill()),
          matchesPattern(
              hauls()
                  + " is being written to by another run, started at \\S+Z as process "
                  + ProcessHandle.current().pid()
                  + "; wait for its end, or name another folder"));
      assertThat(refusal(stream()), startsWith(hauls() + " is being written to by another run"));
      assertThat(names(), contains(startsWith("_RUN-")));
      assertThat(
          unfinished().orElseThrow(),
          startsWith(hauls() + " is of a backfill that has not finished yet, started at "));
    }
  }

  @Test
  void theClaimOfADeadRunThatWroteNothingIsTakenOver() throws IOException {
    Files.createDirectories(hauls());
    Files.writeString(hauls().resolve(DEAD), "");
    Files.createDirectories(hauls().resolve(".temp-beam/half"));
    Files.writeString(hauls().resolve(".temp-beam/half/part"), "half a li");

    try (OutputFolder folder = backfill()) {
      folder.check();
      folder.claim();
      Files.writeString(hauls().resolve("hauls-0.jsonl"), "{}\n");
      folder.succeed(List.of());
    }

    assertThat(names(), contains("_SUCCESS", "hauls-0.jsonl"));
  }

  @Test
  void whatADeadRunWroteIsNeitherMixedWithOtherRowsNorReadAsWhole() throws IOException {
    Files.createDirectories(hauls());
    Files.writeString(hauls().resolve(DEAD), "");
    Files.writeString(hauls().resolve("hauls-00000-of-00008.jsonl"), "{}\n");

    String broken =
        hauls()
            + " holds files of a backfill that did not finish, started at 2026-01-05T09:00:00Z as"
            + " process 4711; remove them, or name another folder";
    assertThat(refusal(backfill()), is(broken));
    assertThat(refusal(stream()), is(broken));
    assertThat(
        unfinished().orElseThrow(),
        is(
            hauls()
                + " is of a backfill that did not finish, started at 2026-01-05T09:00:00Z as"
                + " process 4711"));
  }

  @Test
  void aFolderThatHoldsResultsIsRefused() throws IOException {
    Files.createDirectories(hauls());
    Files.writeString(hauls().resolve("_SUCCESS"), "");

    String holds = hauls() + " holds files already; remove them, or name another folder";
    assertThat(refusal(backfill()), is(holds));
    assertThat(refusal(stream()), is(holds));

    Files.move(hauls().resolve("_SUCCESS"), hauls().resolve("hauls-0.jsonl"));
    assertThat(refusal(backfill()), is(holds));
  }

  @Test
  void aStreamGoesOnWhereOneStoodBeforeAndItsFolderHasNoEnd() throws IOException {
    Files.createDirectories(hauls());
    Files.writeString(hauls().resolve(DEAD_STREAM), "");
    Files.writeString(hauls().resolve("hauls-0.jsonl"), "{}\n");

    try (OutputFolder folder = stream()) {
      folder.check();
      folder.claim();
      assertThat(refusal(stream()), startsWith(hauls() + " is being written to by another run"));
      folder.succeed(List.of());
    }

    assertThat(names(), contains(startsWith("_STREAM-"), is("hauls-0.jsonl")));
    assertThat(names().contains(DEAD_STREAM), is(false));
    assertThat(unfinished(), is(Optional.empty()));
  }

  @Test
  void whatCannotBeWrittenToIsRefusedBeforeTheWork() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "no folder");

    OutputFolder through = new OutputFolder(file + "/answers/hauls", true);
    assertThat(
        assertThrows(IOException.class, through::check).getMessage(),
        is(file + " is a file, so nothing can be written below it"));
    assertThat(
        assertThrows(IOException.class, through::claim).getMessage(),
        startsWith(file + "/answers/hauls cannot be written to: "));
    assertThat(
        assertThrows(IOException.class, new OutputFolder("nile://delta/hauls", true)::check)
            .getMessage(),
        is("no file system for nile:// is on this class path"));
    assertThat(Files.readString(file), is("no folder"));
  }

  @Test
  void aFileThatIsNotThereIsNotLookedForInAllThatIsBesideIt() throws IOException {
    assertThat(Listing.of("file:/nonexistent-" + temporary.getFileName()), is(empty()));
    assertThat(Listing.of("/nonexistent-" + temporary.getFileName()), is(empty()));
    assertThat(Listing.of("/nonexistent-" + temporary.getFileName() + "/*.jsonl"), is(empty()));
    Files.writeString(temporary.resolve("a.jsonl"), "");
    for (String pattern : List.of("file://" + temporary + "/*", temporary + "/?.{jsonl,csv}")) {
      assertThat(
          Listing.of(pattern).stream().map(file -> file.resourceId().getFilename()).toList(),
          contains("a.jsonl"));
    }
  }

  private Path hauls() {
    return temporary.resolve("out/hauls");
  }

  private OutputFolder backfill() {
    return new OutputFolder(hauls().toString(), true);
  }

  private OutputFolder stream() {
    return new OutputFolder(hauls() + "/", false);
  }

  /** Why it is refused; the message is the same before the run is built and when it starts. */
  private static String refusal(OutputFolder folder) {
    String looked = assertThrows(IOException.class, folder::check).getMessage();
    String claimed = assertThrows(IOException.class, folder::claim).getMessage();
    assertThat(claimed, is(looked));
    return claimed;
  }

  private Optional<String> unfinished() throws IOException {
    return OutputFolder.unfinished(hauls().toString());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(hauls())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }
}
