package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.assembly.Outline;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.payments.Fraud;
import dhara.testkit.Command;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backfills of fraud with and without models, and with options about them. */
class FraudModelsTest {

  private static final Analysis<?> FRAUD = Analysis.all().get("fraud");

  @TempDir static Path folder;

  private static GeneratedEvents events;
  private static List<String> withModels;
  private static List<String> withoutModels;

  @BeforeAll
  static void generate() throws IOException {
    events = GeneratedEvents.clean(FRAUD, 3, 450, folder);
    withModels = Command.line(List.of("fraud"), events.read());
    withoutModels =
        withModels.stream().filter(option -> !option.startsWith("--events=models=")).toList();
    assertThat(withoutModels, hasSize(withModels.size() - 1));
  }

  private static Path run(String name, List<String> arguments, String... more) {
    Path out = folder.resolve(name);
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    all.add("--answers=files:" + out);
    Command unused = Command.done(all);
    return out;
  }

  private static String refused(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    Command command = Command.run(all);
    assertThat(command.err(), command.exit(), is(not(0)));
    return command.err();
  }

  private static List<String> models(Path out) throws IOException {
    return SettledAnswers.in(out.resolve("decisions")).stream()
        .map(row -> row.replaceFirst(".*\"model\":\"?([^\",]*)\"?,.*", "$1"))
        .toList();
  }

  @Test
  void withoutModelsTheRulesDecideAndNoRowsAreMade() throws IOException {
    Path out = run("without", withoutModels);

    Map<String, List<? extends Record>> inputs = new LinkedHashMap<>(events.inputs().events());
    inputs.put("models", List.of());
    assertThat(
        SettledAnswers.in(out.resolve("decisions")),
        is(Oracle.settled(FRAUD, new Inputs(inputs), List.of()).get("decisions")));
    assertThat(Files.exists(out.resolve("vectors")), is(false));
    assertThat(Files.exists(out.resolve("refusals")), is(false));
  }

  @Test
  void theRowsOfTheModelComeWithoutOneIfTheirOutputIsNamed() throws IOException {
    Path out = run("named", withoutModels, "--answers=vectors=files:" + folder.resolve("rows"));

    assertThat(models(out), everyItem(is("null")));
    assertThat(
        SettledAnswers.in(folder.resolve("rows/vectors")),
        is(Oracle.settled(FRAUD, events.inputs(), List.of()).get("vectors")));
    assertThat(
        refused(withoutModels, "--answers=refusals=files:" + folder.resolve("refusals")),
        containsString("is an output that this run does not have"));
  }

  @Test
  void aPinnedVersionDecidesAllPaymentsOfABackfill() throws IOException {
    Path out = run("pinned", withModels, "--model=v2");

    assertThat(models(out), everyItem(is("v2")));
    assertThat(models(out), is(not(empty())));
    assertThat(SettledAnswers.in(out.resolve("refusals")), is(empty()));
    assertThat(
        refused(withModels, "--model=v9", "--answers=files:" + folder.resolve("v9")),
        containsString("--model=v9: no release among the models has this version"));
  }

  @Test
  void withTheReferenceAsOfNowTheLastModelInForceDecidesAll() throws IOException {
    Path out = run("now", withModels, "--reference=now");

    assertThat(models(out), everyItem(is("v5")));
    assertThat(SettledAnswers.in(out.resolve("refusals")), hasSize(3));
  }

  @Test
  void optionsThatCannotBeObeyedAreRefused() {
    assertThat(
        refused(withModels, "--modelFloor=2"),
        containsString("--modelFloor=2.0: is not from 0 to 1"));
    assertThat(
        refused(withModels, "--modelChallenge=0.7"),
        containsString("--modelChallenge=0.7: is above --modelBlock=0.6"));
    Fraud.Options stream = Oracle.options(new Fraud(), List.of("--model=v1"));
    stream.setEvents(
        FRAUD.inputs().stream()
            .map(input -> input.name() + "=kafka://localhost:1/" + input.name())
            .toList());
    assertThat(
        assertThrows(BadOption.class, () -> Outline.of(new Fraud(), stream)).getMessage(),
        containsString("--model=v1: is for backfills"));
  }
}
