package dhara.serving;

import dhara.options.BadOption;
import dhara.serving.run.ServedRun;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The analyses that a server runs itself. They are stopped together, before the server. */
final class ServedRuns implements AutoCloseable {

  private final List<ServedRun> runs = new ArrayList<>();

  /**
   * Serves what a run answers.
   *
   * @throws BadOption if it resumes, and the store does not have the rows that it has answered
   */
  void add(ServedRun run, ServeOptions options, Serving serving) throws SQLException {
    runs.add(run);
    if (run.resumes().isPresent()) {
      String resumes = run.resumes().get();
      if (options.getData() == null) {
        throw new BadOption(
            "--run",
            resumes,
            "the rows of the stream so far are in the store that it was served from; name its"
                + " folder, --data=DIR");
      } else if (!run.mayBegin() && !serving.served(run.analysis())) {
        throw new BadOption(
            "--data",
            options.getData(),
            "has no rows of "
                + run.analysis().name()
                + ", so those that the stream answered before "
                + resumes
                + " would be missing; name the folder that it was served from, or leave "
                + resumes
                + " out");
      } else if (!serving.served(run.analysis())) {
        run.startsOver(); // what a checkpoint covers would be missing from this store
      }
    }
    serving.add(run.analysis(), run.endpoint());
  }

  void start() {
    runs.forEach(ServedRun::start);
  }

  /**
   * Checks that each run is what the user wants.
   *
   * @throws BadOption if one could not begin
   */
  void check() {
    for (ServedRun run : runs) {
      BadOption refused = run.refused();
      if (refused != null) {
        throw refused;
      }
    }
  }

  /** Stops all at once, and returns when their rows are committed. */
  void stop() throws InterruptedException {
    List<Thread> stopping = new ArrayList<>();
    for (ServedRun run : runs) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  run.stop();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "dhara-stop-" + run.analysis().name());
      thread.start();
      stopping.add(thread);
    }
    for (Thread thread : stopping) {
      thread.join();
    }
  }

  /** The option that resumes each run that was stopped, by what the user wrote for it. */
  Map<String, String> resuming() {
    Map<String, String> resuming = new HashMap<>();
    for (ServedRun run : runs) {
      run.resuming().ifPresent(option -> resuming.put(run.text(), option));
    }
    return resuming;
  }

  @Override
  public void close() throws IOException {
    for (ServedRun run : runs) {
      run.close();
    }
  }
}
