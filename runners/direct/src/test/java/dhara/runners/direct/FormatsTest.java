package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.GeneratedEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One backfill in each format: what it answers is the same, by name and by value. */
class FormatsTest {

  private static final long EVENTS = 500;

  static Set<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void avroAndLinesOfJsonAndCsvSayTheSame(String name, @TempDir Path folder) throws IOException {
    GeneratedEvents generated = GeneratedEvents.of(Analysis.all().get(name), 7, EVENTS, folder);
    for (String format : List.of("jsonl", "csv", "avro")) {
      Command.done(
          Stream.of(
                  List.of(name),
                  generated.read(),
                  List.of("--answers=files:" + folder.resolve(format) + "?format=" + format))
              .flatMap(List::stream)
              .toList());
    }

    for (List<String> pair :
        List.of(List.of("avro", "jsonl"), List.of("avro", "csv"), List.of("jsonl", "csv"))) {
      Command same =
          Command.done(
              List.of(
                  "reconcile",
                  "files:" + folder.resolve(pair.get(0)),
                  "files:" + folder.resolve(pair.get(1))));
      assertThat(
          pair + "\n" + same.out(),
          same.out(),
          allOf(
              containsString("\n0 unexplained differences\n"),
              not(containsString("\n0 answers compared"))));
    }
  }
}
