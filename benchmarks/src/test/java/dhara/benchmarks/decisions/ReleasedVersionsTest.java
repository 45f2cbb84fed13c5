package dhara.benchmarks.decisions;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleasedVersionsTest {

  @TempDir private Path folder;

  @Test
  void theLastReleaseIsHeldBackForTheSwap() throws IOException {
    Files.writeString(folder.resolve("a.json"), release("v2", "2026-02-01T00:00:00Z"));
    Files.writeString(folder.resolve("b.json"), release("v1", "2026-01-01T00:00:00Z"));
    ReleasedVersions released = ReleasedVersions.in(folder, true);
    assertThat(released.versions(), is(List.of("v1", "v2")));
    assertThat(texts(released.recordsBefore()), is(List.of(release("v1", "2026-01-01T00:00:00Z"))));
    assertThat(
        texts(released.recordsSwapped(Instant.parse("2026-03-01T12:00:00.5Z"))),
        is(List.of(release("v2", "2026-03-01T12:00:00.500Z"))));
  }

  @Test
  void withoutASwapTheLastReleaseIsInForceFromTheStart() throws IOException {
    Files.writeString(
        folder.resolve("a.json"),
        release("v1", "2026-01-01T00:00:00Z") + "\n" + release("v2", "2026-02-01T00:00:00Z"));
    ReleasedVersions released = ReleasedVersions.in(folder, false);
    assertThat(released.versions(), is(List.of("v2")));
    assertThat(released.recordsBefore().size(), is(2));
    assertThat(released.recordsSwapped(Instant.EPOCH), is(empty()));
  }

  @Test
  void aSwapNeedsTwoReleases() throws IOException {
    Files.writeString(folder.resolve("a.json"), release("v1", "2026-01-01T00:00:00Z"));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> ReleasedVersions.in(folder, true));
    assertThat(
        refused.getMessage(),
        is(
            "--models="
                + folder
                + ": has 1 release(s), and --swap needs two; train --publish adds one"));
  }

  private static String release(String version, String at) {
    return "{\"id\":\"%s\",\"at\":\"%s\",\"model\":\"fraud\",\"version\":\"%s\"}"
        .formatted(version, at, version);
  }

  private static List<String> texts(List<byte[]> records) {
    return records.stream().map(each -> new String(each, StandardCharsets.UTF_8)).toList();
  }
}
