package dhara.tools.letters;

import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;

/**
 * The place of dead letters, for the verbs that read them as they are.
 *
 * @param endpoint as the user named it
 * @param name {@link Aside#DEAD_LETTERS} if they are beside the answers there, otherwise empty
 */
public record Letters(Endpoint endpoint, String name) {

  /** How long a topic may say nothing although records are known to be there. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private static final int MOST_SILENT = 30;

  /** Takes rows. */
  public interface Taker {

    /** A row. */
    void row(WrittenRow row) throws InterruptedException;

    /** A row that cannot be read, and its place. */
    void unreadable(String why);
  }

  /**
   * Finds them.
   *
   * @throws dhara.options.BadOption if there are none, or they belong to an unfinished run
   */
  public static Letters at(Endpoint endpoint) {
    NavigableSet<String> names = ResultSet.of(endpoint).names();
    String name = names.contains(Aside.DEAD_LETTERS) ? Aside.DEAD_LETTERS : "";
    if (!names.contains(name)) {
      throw endpoint.bad(
          names.isEmpty()
              ? "there is nothing there"
              : "holds no dead letters, but " + String.join(", ", names));
    }
    return new Letters(endpoint, name);
  }

  /**
   * Reads those that are there.
   *
   * @throws IOException if that fails; the message names the place
   */
  public void read(Taker taker) throws IOException, InterruptedException {
    Reading reading = new Reading(taker);
    try (RowFeed feed =
        Connector.of(endpoint, Ability.FOLLOW)
            .feed(endpoint, name, name.isEmpty() ? "" : "-" + name, Map.of())) {
      int silent = 0;
      do {
        reading.any = false;
        feed.poll(WAIT, reading);
        silent = reading.any ? 0 : silent + 1;
        if (silent == MOST_SILENT) {
          throw new IOException(
              endpoint
                  + ": %,d dead letters are there and do not come; try again later"
                      .formatted(feed.lag()));
        }
      } while (!feed.ended() && (reading.any || feed.lag() > 0));
    }
  }

  private static final class Reading implements RowFeed.Taker {

    private final Taker taker;
    private boolean any;

    Reading(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void take(RowFeed.Batch batch) throws InterruptedException {
      any = true;
      for (WrittenRow row : batch.rows()) {
        taker.row(row);
      }
      batch.unreadable().forEach(taker::unreadable);
    }
  }
}
