package dhara.serving.run;

import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Follows the rows that a run of this process brings: those of a stream as they come, those of a
 * run that ends by itself when it has succeeded.
 */
final class InletFeed implements RowFeed {

  private static final Set<String> ASIDE = Set.of(Aside.LATE, Aside.DEAD_LETTERS, Aside.LEDGER);

  private final Inlets run;
  private final String name;
  private final Inlet inlet;
  private @Nullable RowFeed finished;
  private volatile boolean ended;
  private volatile boolean told;

  InletFeed(Inlets run, String name) {
    this.run = run;
    this.name = name;
    this.inlet = run.inlet(name);
  }

  @Override
  public void poll(Duration atMost, Taker taker) throws IOException, InterruptedException {
    if (finished != null) {
      finished.poll(atMost, taker);
      ended = finished.ended();
      return;
    }
    Inlets.End end = run.end(); // looked at first: nothing comes after it
    List<WrittenRow> rows = inlet.take(end == null ? atMost.toMillis() : 0);
    if (!rows.isEmpty()) {
      taker.take(new Batch(rows, true, false, Map.of(), List.of()));
    } else if (end != null) {
      over(end);
    }
  }

  private void over(Inlets.End end) throws IOException {
    if (end.failure() != null && !ASIDE.contains(name)) {
      if (!told) {
        told = true;
        return; // a look without rows: what has come is all, and may be tidied up
      }
      throw new IOException(
          "it is served as far as it came, because its run failed: " + end.failure());
    } else if (end.failure() != null || run.streams()) {
      ended = true;
    } else {
      Path folder = run.folder();
      if (Files.isDirectory(folder.resolve(name))) {
        Endpoint files = Endpoint.of("--run", "files:" + folder);
        finished = Connector.of(files, Ability.FOLLOW).feed(files, name, "", Map.of());
      } else {
        ended = true; // a backfill holds effects back, and has no late events
      }
    }
  }

  @Override
  public void kept(Batch batch) {
    if (!batch.finished()) {
      inlet.kept();
    }
  }

  @Override
  public boolean awaited() {
    return finished == null;
  }

  /** Before a run is known to be a stream, it may have history that was there before. */
  @Override
  public long lag() {
    return run.streams() || told ? inlet.waiting() : ended ? 0 : Math.max(1, inlet.waiting());
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void close() {
    inlet.close();
    if (finished != null) {
      finished.close();
    }
  }
}
