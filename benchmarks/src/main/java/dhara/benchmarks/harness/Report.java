package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The report, {@code RESULTS.md}, and its charts, from what is kept of the works.
 *
 * @param suites all that there are
 * @param kept the folder with what was measured; charts go there too, the report beside it
 */
public record Report(List<Suite> suites, Path kept) {

  /** The report on all suites of the class path. */
  public static Report of(Path kept) {
    return new Report(Suite.all(), kept);
  }

  /** A work and what was measured of it. */
  private record Measurement(Work work, Result result) {}

  /** Writes it; where nothing is kept, it says so. */
  public void write() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# Results\n\n");
    text.append(
        "Written by `benchmarks/run`; [README.md](README.md) says what is compared and how.\n\n");
    text.append(
        "How to read the tables: a *ratio* compares with the work's reference, its first row, within"
            + " one round: 2.00 is twice as fast, or half the processor time. It is given as the median"
            + " of all rounds (least–most). CPU is processor time of the whole process, with garbage"
            + " collection and compilation. *Heap kept* is the most that was in use right after a"
            + " collection, *process* the most physical memory of the whole JVM. A *command* is"
            + " measured from the start of its process to its exit.\n\n");
    Set<Machine> machines = new LinkedHashSet<>();
    StringBuilder body = new StringBuilder();
    Set<String> flags = new LinkedHashSet<>();
    for (Suite suite : suites) {
      List<Measurement> measured = new ArrayList<>();
      for (Work work : suite.works()) {
        Optional<Result> result = Result.read(kept, work.name());
        result.ifPresent(found -> measured.add(new Measurement(work, found)));
      }
      if (measured.isEmpty()) {
        continue;
      }
      body.append("## ").append(suite.name()).append("\n\n");
      for (Measurement each : measured) {
        machines.add(each.result.machine());
        each.result.contestants().forEach(runs -> flags.add(runs.flags()));
        body.append(section(each));
      }
      body.append(curves(measured));
    }
    for (Section section : sections()) {
      body.append(section.text(kept));
    }
    machines.forEach(machine -> text.append(about(machine)));
    text.append(body);
    text.append("## Flags of the JVMs\n\n");
    flags.forEach(line -> text.append("- `").append(line).append("`\n"));
    Files.writeString(kept.resolveSibling("RESULTS.md"), text);
  }

  private static List<Section> sections() {
    return ServiceLoader.load(Section.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(Section::order))
        .toList();
  }

  private static String about(Machine machine) {
    return String.format(
        "Measured on: %s, %d GiB, %s; %s; %s.%n%n",
        machine.processor(),
        machine.memory(),
        machine.system(),
        machine.java(),
        machine.versions().entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", ")));
  }

  private String section(Measurement each) throws IOException {
    Result result = each.result;
    StringBuilder text = new StringBuilder();
    text.append("### ").append(result.work()).append("\n\n");
    text.append(each.work.about()).append("\n\n");
    int rounds =
        result.contestants().stream().mapToInt(runs -> runs.rounds().size()).max().orElse(0);
    text.append(
        String.format(
            Locale.ROOT,
            "%,d events%s; %d %s after %d of warm-up; %s.%n%n",
            result.events(),
            result.reference().rounds().isEmpty()
                ? ""
                : String.format(
                    Locale.ROOT,
                    ", %,d answers on which all agree",
                    result.reference().rounds().get(0).outcome().answers()),
            rounds,
            rounds == 1 ? "round" : "rounds",
            result.warmups(),
            result.date()));
    text.append(new RunsTable(result, each.work.ofCommands()).text()).append("\n");
    for (Entrant entrant : each.work.entrants()) {
      if (result.of(entrant.name()).isPresent()) {
        text.append("- **")
            .append(entrant.name())
            .append("**: ")
            .append(entrant.about())
            .append("\n");
      }
    }
    text.append("\n");
    boolean commands = each.work.ofCommands();
    ToDoubleFunction<Measured> figure =
        commands ? Measured::wallSeconds : Measured::thousandEventsPerSecond;
    Map<String, Double> bars = new LinkedHashMap<>();
    for (Result.Runs runs : result.contestants()) {
      if (!runs.failed()) {
        bars.put(runs.name(), runs.spread(figure).middle());
      }
    }
    if (bars.size() > 1) {
      Charts.bars(
          kept.resolve(result.work() + ".svg"),
          result.work(),
          commands ? "seconds" : "thousand events/s",
          bars);
      text.append(
          String.format("![%s](%s/%s.svg)%n%n", result.work(), kept.getFileName(), result.work()));
    }
    return text.toString();
  }

  /** A table, a chart of time and one of memory for each curve that these works are points of. */
  private String curves(List<Measurement> measured) throws IOException {
    Map<String, List<Curve.Point>> curves = new LinkedHashMap<>();
    for (Measurement each : measured) {
      Work.Point point = each.work.point();
      if (point != null) {
        curves
            .computeIfAbsent(point.curve(), name -> new ArrayList<>())
            .add(new Curve.Point(point, each.result));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<Curve.Point> points : curves.values()) {
      Curve curve = Curve.of(points);
      if (curve.steps().isEmpty()) {
        continue;
      }
      text.append("### ").append(curve.name()).append("\n\n").append(curve.table());
      chart(text, curve, "time", "ns per event", step -> step.perEvent(Curve.Step::wallNanos));
      if (curve.knowsHeap()) {
        chart(text, curve, "heap", "heap kept, MiB", Curve.Step::heapMebibytes);
      } else {
        chart(text, curve, "process", "process, MiB", Curve.Step::processMebibytes);
      }
    }
    return text.toString();
  }

  private void chart(
      StringBuilder text, Curve curve, String what, String y, ToDoubleFunction<Curve.Step> figure)
      throws IOException {
    String name = curve.name() + "-" + what;
    Charts.lines(kept.resolve(name + ".svg"), name, curve.axis(), y, curve.lines(figure));
    text.append(String.format("![%s](%s/%s.svg)%n%n", name, kept.getFileName(), name));
  }
}
