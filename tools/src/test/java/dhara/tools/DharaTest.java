package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.cli.TypedOption;
import dhara.engine.Job;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.replay.Tides;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DharaTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Tides.Options seen;
  private int drifts;

  @Test
  void listsTheAnalysesWithTheirSummaries() {
    assertThat(run("list"), is(0));

    assertThat(
        out().lines().map(line -> line.replaceAll(" +", " ")).toList(),
        hasItem("tides The highest tide of each harbour"));
    assertThat(err(), is(emptyString()));
  }

  @Test
  void runsAnAnalysisWithTypedOptions() {
    int exit =
        run(
            "tides",
            "--harbour=Kochi",
            "--events=kafka://a:9092,b:9092/tides",
            "--events",
            "more=files:/x y",
            "--map=a=b,c=d:decimal(2;,)",
            "--window=PT5M",
            "--from=2026-10-01T00:00:00Z",
            "--unique=false",
            "--maxEventBytes=7",
            "--turn=ebb",
            "--trust=0.25");

    assertThat(err(), is("finished" + System.lineSeparator()));
    assertThat(exit, is(0));
    assertThat(seen.getEvents(), is(List.of("kafka://a:9092,b:9092/tides", "more=files:/x y")));
    assertThat(seen.getMap(), is(List.of("a=b,c=d:decimal(2;,)")));
    assertThat(seen.getWindow(), is(Duration.ofMinutes(5)));
    assertThat(seen.getFrom(), is(Instant.parse("2026-10-01T00:00:00Z")));
    assertThat(seen.getUnique(), is(false));
    assertThat(seen.getMaxEventBytes(), is(7));
    assertThat(seen.getTurn(), is(Tides.Turn.EBB));
    assertThat(seen.getTrust(), is(0.25));
    assertThat(seen.getLateness(), is(Duration.ofMinutes(10)));
  }

  @Test
  void setsTheEnginesDefaultsUnlessTheUserDoes() {
    run("tides", "--harbour=Kochi");
    assertThat(seen.as(DirectOptions.class).getTargetParallelism(), is(1));
    assertThat(seen.as(DirectOptions.class).isEnforceImmutability(), is(true));

    run("tides", "--harbour=Kochi", "--targetParallelism=2");
    assertThat(seen.as(DirectOptions.class).getTargetParallelism(), is(2));
  }

  @Test
  void setsMoreWhereThePipelineStreams() {
    assertThat(run("tides", "--harbour=open sea"), is(0));
    assertThat(seen.as(DirectOptions.class).isEnforceImmutability(), is(false));
    assertThat(seen.as(DirectOptions.class).getTargetParallelism(), is(1));

    run("tides", "--harbour=open sea", "--enforceImmutability=true");
    assertThat(seen.as(DirectOptions.class).isEnforceImmutability(), is(true));
  }

  @Test
  void refusesAStreamOnAnEngineThatRunsBackfillsOnly() {
    TestEngine.streams = false;
    try {
      assertThat(run("tides", "--harbour=open sea"), is(2));
      assertThat(
          err(),
          is(
              line(
                  "dhara: --events: names a stream, and bathtub runs backfills only: the plug"
                      + " leaks; run it on Flink (-Pflink-runner), or give the source an end:"
                      + " kafka://…?end=latest")));
      assertThat(run("tides", "--harbour=Kochi"), is(0));
    } finally {
      TestEngine.streams = true;
    }
  }

  @Test
  void explainsWhatItSetsAndWhoSaidSo() {
    assertThat(run("tides", "--harbour=Kochi", "--targetParallelism=2", "--explain"), is(0));

    assertThat(
        out(),
        allOf(
            containsString("Engine: bathtub"),
            containsString("--targetParallelism=2                            "),
            containsString("  you"),
            containsString("Dhara: the command waits"),
            containsString("Dhara, in streams: water flows"),
            containsString("Dhara, in backfills: still waters")));
    assertThat(seen == null, is(true));
  }

  @Test
  void refusesBeforeItRunsWhatTheEngineCannotRun() {
    assertThat(run("tides", "--harbour=flooding"), is(2));
    assertThat(
        err(),
        is(
            line(
                "dhara: Flood/ParMultiDo(Flood): uses MultimapState, and on bathtub the water would"
                    + " overflow; keep a MapState of lists instead")));
  }

  @Test
  void lintsAnAnalysisWithoutRunningIt() {
    assertThat(run("lint", "tides", "--harbour=reef"), is(0));
    assertThat(out(), is(line("tides: the backfill can run on bathtub")));
    assertThat(run("lint", "tides", "--harbour=open sea"), is(0));
    assertThat(out(), is(line("tides: the stream can run on bathtub")));
    assertThat(err(), is(emptyString()));
  }

  @Test
  void lintsNamesThatDriftFromOneBuildToTheNext() {
    assertThat(run("lint", "tides", "--harbour=drifting"), is(2));
    assertThat(
        err(),
        is(
            line(
                "dhara: Drift 2: built twice with the same options, the pipeline has it once: a"
                    + " restored stream would not find its state; keep clocks, random numbers and"
                    + " the order of sets out of names")));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void lintsWhetherAStreamCanGoOnFromTheStateOfAnotherVersion(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("tides.json");
    assertThat(
        run("lint", "tides", "--harbour=open sea, flooding", "--writeFingerprint=" + file), is(2));

    assertThat(run("lint", "tides", "--harbour=open sea", "--fingerprint=" + file), is(2));
    assertThat(
        err(),
        is(
            line(
                "dhara: break: step Flood/ParMultiDo(Flood) was renamed or removed: a restored"
                    + " stream would lose its state; keep the name, or start afresh")));

    run("lint", "tides", "--harbour=open sea", "--writeFingerprint=" + file);
    assertThat(run("lint", "tides", "--harbour=open sea", "--fingerprint=" + file), is(0));
    assertThat(
        out(),
        is(
            line("tides: its state is that of " + file)
                + line("tides: the stream can run on bathtub")));
  }

  @Test
  void refusesAFingerprintOfABackfill() {
    assertThat(run("lint", "tides", "--harbour=Kochi", "--fingerprint=tides.json"), is(2));
    assertThat(
        err(),
        is(
            line(
                "dhara: --events: names a backfill, which keeps no state from run to run;"
                    + " fingerprints are of streams, e.g. --events=kafka://localhost:9092/tides")));
  }

  @Test
  void refusesFingerprintsThatAreNotThere(@TempDir Path folder) {
    Path none = folder.resolve("none.json");
    assertThat(run("lint", "tides", "--harbour=open sea", "--fingerprint=" + none), is(2));
    assertThat(err(), startsWith("dhara: --fingerprint=" + none + ": cannot be read ("));
    assertThat(run("lint"), is(2));
    assertThat(err(), is(line("dhara: lint: names no analysis; write lint ANALYSIS --events=URI")));
  }

  @Test
  void asksWhetherTheUserMeantANearAnalysis() {
    assertThat(run("tide"), is(2));
    assertThat(err(), startsWith("dhara: tide: is no analysis or verb. Did you mean tides?"));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void asksWhetherTheUserMeantANearOption() {
    assertThat(run("tides", "--harbour=Kochi", "--windwo=PT1M"), is(2));
    assertThat(err(), startsWith("dhara: --windwo: is no option of tides. Did you mean --window?"));
  }

  @Test
  void asksWhetherTheUserMeantAnOptionOfTheEngine() {
    assertThat(run("tides", "--harbour=Kochi", "--targetParalelism=1"), is(2));
    assertThat(err(), containsString("Did you mean --targetParallelism?"));
  }

  @Test
  void refusesAValueThatIsNotOfTheOptionsTypeWithAnExample() {
    assertThat(run("tides", "--harbour=Kochi", "--window=5m"), is(2));
    assertThat(err(), is(line("dhara: --window=5m: is no ISO-8601 duration, e.g. --window=PT1M")));
  }

  @Test
  void refusesAnInstantWithoutItsTimeZone() {
    assertThat(run("tides", "--harbour=Kochi", "--from=2026-10-01"), is(2));
    assertThat(
        err(),
        is(
            line(
                "dhara: --from=2026-10-01: is no ISO-8601 instant with its time zone, e.g."
                    + " --from=2026-10-01T00:00:00Z")));
  }

  @Test
  void refusesNumbersFlagsAndConstantsThatAreNone() {
    run("tides", "--harbour=Kochi", "--maxEventBytes=1e99");
    assertThat(err(), containsString("--maxEventBytes=1e99: is no whole number within range"));
    run("tides", "--harbour=Kochi", "--unique=yes");
    assertThat(err(), containsString("--unique=yes: is neither true nor false"));
    run("tides", "--harbour=Kochi", "--turn=slack");
    assertThat(err(), containsString("--turn=slack: is none of EBB|FLOOD"));
    run("tides", "--harbour=Kochi", "--targetParallelism=many");
    assertThat(err(), containsString("--targetParallelism=many: Beam refuses it"));
  }

  @Test
  void refusesOneValueTwiceAndOneThatIsMissing() {
    assertThat(run("tides", "--harbour=Kochi", "--harbour=Goa"), is(2));
    assertThat(err(), containsString("--harbour=Goa: is given twice"));
    assertThat(run("tides", "--harbour"), is(2));
    assertThat(err(), containsString("--harbour: has no value"));
    assertThat(run("tides"), is(2));
    assertThat(err(), containsString("--harbour: is missing"));
  }

  @Test
  void showsEveryOptionOfTheInterfaceWithItsDefault() {
    assertThat(run("help", "tides"), is(0));

    for (TypedOption option : TypedOption.of(Tides.Options.class)) {
      assertThat(out(), containsString("--" + option.name()));
    }
    assertThat(
        out(),
        allOf(
            containsString("Options of tides:"),
            containsString("Window options:"),
            containsString("Default: PT10M"),
            containsString("Default: 2000-01-01T00:00:00Z"),
            containsString("Default: console"),
            containsString("100% required")));
    assertThat(out(), containsString("Reads readings: id, at, harbour, level"));
    assertThat(out().replaceAll("\\s+", " "), containsString("tides --events=/tmp/tides.jsonl "));
    assertThat(out(), not(containsString("--targetParallelism")));
  }

  @Test
  void helpBreaksLinesAtSpacesOnlySoThatExamplesCanBeCopied() {
    assertThat(run("help", "surge-pricing"), is(0));

    List<String> lines = out().lines().map(String::strip).toList();
    assertThat(
        lines,
        hasItems(
            "dhara surge-pricing \\",
            "--events=rides=/tmp/surge-pricing/rides.jsonl \\",
            "--events=pings=/tmp/surge-pricing/pings.jsonl"));
    assertThat(lines, hasItem(containsString("kafka://broker:9092/topic")));
    assertThat(lines, hasItem(containsString("--notBefore=2000-01-01T00:00:00Z")));
    assertThat(lines, not(hasItem(endsWith(" e."))));
  }

  @Test
  void showsTheEnginesOptionsInAGroupOfTheirOwnOnRequest() {
    assertThat(run("help", "tides", "--all"), is(0));
    assertThat(
        out(),
        allOf(
            containsString("Options of the engine and of Beam:"),
            containsString("--targetParallelism"),
            containsString("Dhara sets: 1")));
  }

  @Test
  void tellsAFailedRunInOneLine() {
    assertThat(run("tides", "--harbour=reef"), is(1));
    assertThat(
        err(), is(line("dhara: ran aground") + line("Run it with --verbose for the stack trace.")));
  }

  @Test
  void tellsAFailedRunWholeOnRequest() {
    assertThat(run("tides", "--harbour=reef", "--verbose"), is(1));
    assertThat(err(), allOf(containsString("dhara: ran aground"), containsString("Caused by: ")));
  }

  @Test
  void failsWhereTheResultsOfARunCannotStand() {
    assertThat(run("tides", "--harbour=leaking"), is(1));
    assertThat(err(), startsWith("dhara: the ledger does not balance"));
  }

  @Test
  void countsABadOptionThatTheJobFindsAsTheUsers() {
    assertThat(run("tides", "--harbour=nowhere"), is(2));
    assertThat(err(), is(line("dhara: --harbour=nowhere: is no harbour")));
  }

  @Test
  void showsItsHelpWithoutArgumentsWhereThereIsNothingToDemonstrate() {
    assertThat(run(), is(0));
    assertThat(out(), allOf(containsString("Usage: dhara"), containsString("tides")));
  }

  @Test
  void saysItsVersion() {
    assertThat(run("--version"), is(0));
    assertThat(
        out(), allOf(startsWith("dhara 0."), containsString("Beam 2."), containsString("bathtub")));
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    Console console =
        Console.piped(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Dhara(console, null, this::job, Tides::line).run(arguments);
  }

  private <O extends DharaOptions> Job job(Analysis<O> analysis, O options) {
    seen = options.as(Tides.Options.class);
    String harbour = seen.getHarbour();
    if (harbour.equals("nowhere")) {
      throw new BadOption("--harbour", harbour, "is no harbour");
    }
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(harbour))
        .apply(
            MapElements.into(TypeDescriptors.strings())
                .via(
                    name -> {
                      if (name.equals("reef")) {
                        throw new IllegalStateException("ran aground");
                      }
                      return name;
                    }));
    if (harbour.endsWith("flooding")) {
      pipeline.apply("Waters", Create.of(KV.of("sea", 1L))).apply("Flood", ParDo.of(new FloodFn()));
    } else if (harbour.equals("drifting")) {
      drifts++;
      pipeline.apply("Drift " + drifts, Create.of("wood"));
    }
    return new Job() {
      @Override
      public Pipeline pipeline() {
        return pipeline;
      }

      @Override
      public boolean bounded() {
        return !harbour.startsWith("open sea");
      }

      @Override
      public void finish(PipelineResult result, Console console) {
        if (harbour.equals("leaking")) {
          throw new IllegalStateException("the ledger does not balance");
        }
        console.err().println("finished");
      }
    };
  }

  private static String line(String text) {
    return text + System.lineSeparator();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Keeps what the engine of these tests cannot keep. */
  static final class FloodFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("levels")
    private final StateSpec<MultimapState<String, Long>> levelsSpec =
        StateSpecs.multimap(StringUtf8Coder.of(), VarLongCoder.of());

    @ProcessElement
    public void process(@StateId("levels") MultimapState<String, Long> levels) {
      levels.clear();
    }
  }
}
