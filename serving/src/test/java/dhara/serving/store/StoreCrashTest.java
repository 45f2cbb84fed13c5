package dhara.serving.store;

import static dhara.serving.store.StoreRows.SALES;
import static dhara.serving.store.StoreRows.TOPIC;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.serving.views.ServingStatus.ViewStatus;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store of a process that is killed in the middle of its work. */
class StoreCrashTest {

  private static final int KEYS = 50;

  /** Each minute is answered this often. */
  private static final int REVISIONS = 10;

  @TempDir Path folder;

  /** Writes without an end, and says what it has committed. */
  public static void main(String... arguments) throws Exception {
    try (ViewStore store = ViewStore.open(Path.of(arguments[0]), KeepRules.all(), "300MB")) {
      store.define(SALES);
      for (int commit = commits(store); ; commit++) {
        List<StoredRow> rows = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
          rows.add(StoreRows.sale("p" + key, commit / REVISIONS, commit, commit));
        }
        Map<String, String> position = Map.of("0", String.valueOf(commit + 1));
        store.commit(List.of(StoreRows.topic(SALES, position, rows.toArray(StoredRow[]::new))));
        System.out.println(commit + 1);
      }
    }
  }

  private static int commits(ViewStore store) throws Exception {
    return Integer.parseInt(store.positions(SALES.name(), TOPIC).getOrDefault("0", "0"));
  }

  @Test
  @Timeout(1800)
  void aKilledProcessLeavesRowsAndPositionsThatAgree() throws Exception {
    int before = 0;
    for (int round = 0; round < 2; round++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx300m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  StoreCrashTest.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      int said = 0;
      try (BufferedReader out = process.inputReader()) {
        while (said < before + 25) {
          said = Integer.parseInt(out.readLine());
        }
        process.destroyForcibly();
      }
      process.waitFor();
      try (ViewStore store = ViewStore.open(folder, KeepRules.all(), "300MB")) {
        store.define(SALES);
        int commits = commits(store);
        assertThat(commits, greaterThan(said - 1));
        int minutes = (commits + REVISIONS - 1) / REVISIONS;
        ViewStatus status = store.status().views().get(0);
        assertThat(status.rows(), is((long) KEYS * minutes));
        assertThat(status.superseded(), is((long) KEYS * (commits - minutes)));
        before = commits;
      }
    }
  }
}
