package dhara.scratch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {

  @TempDir private Path temporary;

  @Test
  void nothingIsLeftWhenTheLastFolderIsDeleted() throws IOException {
    Scratch scratch = new Scratch(temporary);
    Path one = scratch.folder("one");
    Path two = scratch.folder("two");
    Files.writeString(Files.createDirectories(one.resolve("deep")).resolve("file"), "x");
    scratch.delete(one);
    assertThat(Files.exists(one), is(false));
    assertThat(Files.exists(two), is(true));
    scratch.delete(two);
    assertThat(inTemporary(), is(empty()));
  }

  @Test
  void clearingDeletesAllAndIsNoHarmToWhoeverDeletesLater() throws IOException {
    Scratch scratch = new Scratch(temporary);
    Path one = scratch.folder("one");
    scratch.folder("two");
    scratch.clear();
    assertThat(inTemporary(), is(empty()));
    scratch.delete(one);
    assertThat(Files.exists(scratch.folder("three")), is(true));
  }

  @Test
  void theNextProcessDeletesWhatADeadOneLeftAndNothingElse() throws IOException {
    Path dead = Files.createDirectories(temporary.resolve("dhara-dead/run-1"));
    Files.writeString(temporary.resolve("dhara-dead/.dhara-process"), "");
    Files.writeString(dead.resolve("answers"), "x");
    Path anothers = Files.createDirectory(temporary.resolve("dhara-of-somebody"));
    Files.writeString(anothers.resolve(".lock"), ""); // as in the folder of a Kafka broker
    Path live = new Scratch(temporary).folder("live").getParent();

    Path own = new Scratch(temporary).folder("own").getParent();

    assertThat(inTemporary(), containsInAnyOrder(anothers, live, own));
  }

  @Test
  void aProcessThatWasKilledIsADeadOne() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Holder.class.getName(),
                temporary.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path held = Path.of(process.inputReader().readLine());
    Scratch next = new Scratch(temporary);
    Path beside = next.folder("beside").getParent();
    assertThat(inTemporary(), containsInAnyOrder(held.getParent(), beside));
    next.clear();

    process.destroyForcibly().waitFor();
    Path own = next.folder("own").getParent();

    assertThat(inTemporary(), contains(own));
  }

  private List<Path> inTemporary() throws IOException {
    try (Stream<Path> entries = Files.list(temporary)) {
      return entries.toList();
    }
  }

  /** Holds a folder until it is killed. */
  static final class Holder {

    private Holder() {}

    public static void main(String... arguments) throws IOException {
      System.out.println(new Scratch(Path.of(arguments[0])).folder("held"));
      System.in.read();
    }
  }
}
