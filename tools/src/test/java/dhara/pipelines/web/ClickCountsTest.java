package dhara.pipelines.web;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.isA;

import dhara.assembly.Assembly;
import dhara.connectors.RunFolder;
import dhara.pipelines.Analysis;
import dhara.pipelines.web.ClickCounts.Click;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONTRIBUTING.md's example of an analysis in one file: it is found, and it is right. */
class ClickCountsTest {

  private static final Path SOURCE = Path.of("src/test/java/dhara/pipelines/web/ClickCounts.java");
  private static final Path CONTRIBUTING = Path.of("../CONTRIBUTING.md");

  @TempDir private Path folder;

  @Test
  void isFoundByItsAnnotationAlone() {
    assertThat(Analysis.all().values(), hasItem(isA(ClickCounts.class)));
  }

  @Test
  void answersWhatALoopOverItsEventsAnswers() throws IOException {
    List<Click> clicks = new ClickCounts().scenario().events(ClickCounts.CLICKS, 3, 500).toList();
    List<String> lines = new ArrayList<>(clicks.stream().map(ClickCountsTest::line).toList());
    lines.addAll(lines.subList(0, 7));
    lines.add("{\"id\":\"late\"");
    Files.write(folder.resolve("clicks.jsonl"), lines);
    ClickCounts.Options options = PipelineOptionsFactory.as(ClickCounts.Options.class);
    options.setRunner(DirectRunner.class);
    options.setEvents(List.of(folder.resolve("clicks.jsonl").toString()));
    options.setAnswers(List.of("files:" + folder.resolve("out")));
    options.setWindow(Duration.ofMinutes(1));

    Assembly assembly = Assembly.of(new ClickCounts(), options);
    RunFolder temporary = assembly.folder();
    try (temporary) {
      assembly.pipeline().run().waitUntilFinish();

      assertThat(
          written("counts"),
          containsInAnyOrder(countedByALoop(clicks, options.getBounceMillis()).toArray()));
      assertThat(written("dead-letters"), hasItem(containsString("MALFORMED")));
      assertThat(
          assembly.ledgers(),
          hasItem(
              hasToString(
                  "clicks: read 508 = aggregated 500 + dead-lettered 1 + late 0 + duplicate 7 +"
                      + " filtered 0")));
    }
  }

  @Test
  void standsInTheGuideAsItIs() throws IOException {
    String guide = Files.readString(CONTRIBUTING);
    String block = "```java\n" + Files.readString(SOURCE) + "```\n";

    assertThat(
        "CONTRIBUTING.md shows " + SOURCE + " in a ```java block, to the letter",
        guide.contains(block),
        is(true));
  }

  private List<String> written(String output) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("out").resolve(output))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static String line(Click click) {
    return "{\"id\":\"%s\",\"at\":\"%s\",\"page\":\"%s\",\"stay_millis\":%d}"
        .formatted(click.id(), click.at(), click.page(), click.stayMillis());
  }

  /** The slow, obvious truth: the clicks of each page and minute in a list. */
  private static List<String> countedByALoop(List<Click> clicks, long bounce) {
    Map<String, List<Click>> minutes =
        clicks.stream()
            .collect(
                Collectors.groupingBy(
                    c -> c.page() + " " + c.at().truncatedTo(ChronoUnit.MINUTES),
                    TreeMap::new,
                    Collectors.toList()));
    List<String> answers = new ArrayList<>();
    for (List<Click> minute : minutes.values()) {
      Instant start = minute.get(0).at().truncatedTo(ChronoUnit.MINUTES);
      answers.add(
          ("{\"page\":\"%s\",\"window_start\":\"%s\",\"window_end\":\"%s\",\"revision\":0,"
                  + "\"clicks\":%d,\"bounces\":%d,\"longest_millis\":%d}")
              .formatted(
                  minute.get(0).page(),
                  written(start),
                  written(start.plusSeconds(60)),
                  minute.size(),
                  minute.stream().filter(c -> c.stayMillis() < bounce).count(),
                  minute.stream().mapToLong(Click::stayMillis).max().orElse(0)));
    }
    return answers;
  }

  private static String written(Instant wholeSecond) {
    return wholeSecond.toString().replace("Z", ".000Z");
  }
}
