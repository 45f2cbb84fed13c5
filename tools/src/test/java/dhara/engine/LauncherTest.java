package dhara.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.endsWith;

import org.junit.jupiter.api.Test;

class LauncherTest {

  @Test
  void whatAShellWouldTakeForAWildCardIsQuoted() {
    assertThat(
        Launcher.command("bathtub", "tides --events=a/b.jsonl --answers=console?format=table"),
        endsWith("tides --events=a/b.jsonl \"--answers=console?format=table\""));
  }
}
