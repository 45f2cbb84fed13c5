package dhara.benchmarks.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs one contestant of a work alone, in its own JVM, again and again. */
public final class SingleRun {

  private static final Duration MOST = Duration.ofMinutes(15);

  private SingleRun() {}

  /**
   * Runs it, and returns when its JVM has ended.
   *
   * @param benchmarks the folder of the benchmarks' module
   * @param events no more than these
   * @param runs how often
   * @param flags of the JVM, beside those that the contestant needs
   * @param before told the number of each run, from 0, before it
   * @return what each run took
   */
  public static List<Measured> of(
      Path benchmarks,
      Work work,
      Entrant entrant,
      long events,
      int runs,
      List<String> flags,
      IntConsumer before)
      throws Exception {
    Path folder = Folders.temporary("dhara-benchmark-");
    Task task = work.task(events);
    List<Measured> measured = new ArrayList<>();
    Work.Prepared place = work.setting().prepare(task, which -> which.read(benchmarks), folder);
    try {
      Rival rival =
          Rival.start(
              entrant,
              entrant.classPath().read(benchmarks),
              Rival.flags(entrant, flags),
              benchmarks.resolve("target/logs").resolve(work.name() + "-alone.log"));
      try {
        for (int run = 0; run < runs; run++) {
          before.accept(run);
          measured.add(rival.run(Work.with(task, place.parameters()), MOST));
        }
      } finally {
        rival.end();
      }
    } finally {
      place.close().close();
      Folders.delete(folder);
    }
    return measured;
  }
}
