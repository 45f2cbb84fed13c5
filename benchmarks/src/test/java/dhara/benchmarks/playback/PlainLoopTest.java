package dhara.benchmarks.playback;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.formats.text.BadEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlainLoopTest {

  private record Place(String title, long start) {}

  @Test
  void answersEachTitleAndWindowOnceWhereWindowsOverlap() throws BadEvent {
    Map<String, String> parameters =
        new HashMap<>(PlaybackJob.parameters("batch", "title", 120, 100));
    parameters.put("width", "PT5M");
    Task task = new Task(50_000, parameters);
    PlaybackLines lines = new PlaybackLines(PlaybackJob.of(task).lines());
    Set<Place> places = new HashSet<>();
    for (int i = 0; i < task.events(); i++) {
      String line = new String(lines.line(i), java.nio.charset.StandardCharsets.UTF_8);
      int title = line.indexOf("\"title\":\"") + 9;
      long minute = Math.floorDiv(lines.at(i), 60_000);
      for (long start = minute - 4; start <= minute; start++) {
        places.add(new Place(line.substring(title, title + 9), start));
      }
    }

    Outcome outcome = new PlainLoop().run(task);

    assertThat(outcome.answers(), is((long) places.size()));
  }

  @Test
  void agreesWithDharaOnTheDirectRunner() throws BadEvent, IOException {
    Task task = new Task(20_000, PlaybackJob.parameters("batch", "title", 120, 100));

    assertThat(new DharaPlayback().run(task), is(new PlainLoop().run(task)));
  }
}
