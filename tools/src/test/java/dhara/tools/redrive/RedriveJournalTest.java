package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a journal knows after redrives that ended, and after redrives that were killed. */
class RedriveJournalTest {

  private static final Digest LETTER = Digest.of("letter".getBytes(UTF_8));
  private static final Digest OTHER = Digest.of("other".getBytes(UTF_8));
  private static final Digest BYTES = Digest.of("bytes".getBytes(UTF_8));
  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-01-05T10:00:00Z");

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameIt() {
    file = folder.resolve("journal");
  }

  @Test
  void whatWasNotedIsKnownToTheNext() throws IOException {
    try (RedriveJournal first = RedriveJournal.open(file, NINE, null)) {
      first.noteSent(LETTER, BYTES);
      first.noteTried(OTHER);
      first.flush();
      assertThat(first.sent(LETTER), is(true));
    }

    try (RedriveJournal next = RedriveJournal.open(file, TEN, null)) {
      assertThat(next.sent(LETTER), is(true));
      assertThat(next.sent(OTHER), is(false));
      assertThat(next.attempts(OTHER, OTHER, NINE), is(1));
    }
  }

  @Test
  void anAttemptCountsForLettersThatCameAfterIt() throws IOException {
    try (RedriveJournal first = RedriveJournal.open(file, NINE, null)) {
      first.noteSent(LETTER, BYTES);
      first.noteSent(OTHER, BYTES);
      first.done();
    }
    try (RedriveJournal second = RedriveJournal.open(file, TEN, null)) {
      second.noteSent(BYTES, BYTES);
      second.done();
    }

    RedriveJournal third = RedriveJournal.read(file, TEN.plusSeconds(3_600));

    assertThat("before both", third.attempts(OTHER, BYTES, NINE), is(0));
    assertThat("between them", third.attempts(OTHER, BYTES, TEN), is(1));
    assertThat("after both", third.attempts(OTHER, BYTES, TEN.plusSeconds(1)), is(2));
  }

  @Test
  void aLineThatAKilledRedriveHasBegunIsNoLine() throws IOException {
    try (RedriveJournal first = RedriveJournal.open(file, NINE, null)) {
      first.noteSent(LETTER, BYTES);
      first.flush();
    }
    Files.writeString(file, "sent " + OTHER, StandardOpenOption.APPEND);

    try (RedriveJournal next = RedriveJournal.open(file, TEN, null)) {
      assertThat(next.sent(OTHER), is(false));
      next.noteSent(OTHER, BYTES);
      next.done();
    }

    RedriveJournal last = RedriveJournal.read(file, TEN);
    assertThat(last.sent(LETTER), is(true));
    assertThat(last.sent(OTHER), is(true));
  }

  @Test
  void lettersThatWereWrittenToAFileCountOnceTheFileIsThere() throws IOException {
    Path target = folder.resolve("re driven.jsonl");
    try (RedriveJournal killed = RedriveJournal.open(file, NINE, target)) {
      killed.noteSent(LETTER, BYTES);
      killed.flush();
    }
    assertThat("not there", RedriveJournal.read(file, TEN).sent(LETTER), is(false));

    try (RedriveJournal killed = RedriveJournal.open(file, TEN, target)) {
      assertThat(killed.sent(LETTER), is(false));
      assertThat(killed.settled(), is(nullValue()));
      killed.noteSent(OTHER, BYTES);
      killed.flush();
    }
    Files.createFile(target);

    try (RedriveJournal next = RedriveJournal.open(file, TEN.plusSeconds(1), null)) {
      assertThat("the second was complete", next.sent(OTHER), is(true));
      assertThat("the first was not", next.sent(LETTER), is(false));
      assertThat(next.settled(), is(target));
    }
    assertThat(RedriveJournal.read(file, TEN).sent(OTHER), is(true));
  }

  @Test
  void twoRedrivesCannotUseItAtOnce() throws IOException {
    try (RedriveJournal first = RedriveJournal.open(file, NINE, null)) {
      BadOption refused = assertThrows(BadOption.class, () -> RedriveJournal.open(file, TEN, null));
      assertThat(refused.getMessage(), containsString("another redrive uses it"));
      assertThat(first.sent(LETTER), is(false));
    }
  }

  @Test
  void anotherFileIsLeftAlone() throws IOException {
    for (String content : new String[] {"precious", "precious\n", "dhara redrive journal 1\n?\n"}) {
      Files.writeString(file, content);

      BadOption refused = assertThrows(BadOption.class, () -> RedriveJournal.open(file, TEN, null));

      assertThat(refused.getMessage(), containsString("is no journal of redrives"));
      assertThat(Files.readString(file), is(content));
    }
  }
}
