package dhara.connectors;

import java.util.List;
import java.util.Map;

/**
 * A place that a run reads or writes. The connectors decide whether two places are the same: a run
 * must not read what it writes, and two outputs must not share a topic, a table or a folder.
 *
 * @param endpoint the endpoint that the user named
 * @param what the name of the output, {@code dead-letters}, or the input
 * @param suffix the suffix of the topic or table
 * @param written whether it is written, otherwise it is read
 */
public record Place(Endpoint endpoint, String what, String suffix, boolean written) {

  /** The place where an input's events are read. */
  public static Place read(Endpoint endpoint, String input) {
    return new Place(endpoint, input, "", false);
  }

  /**
   * Refuses places that conflict.
   *
   * @throws dhara.options.BadOption if one is both written and read, or written twice
   */
  public static void check(List<Place> read, List<Place> written) {
    check(read, written, Map.of());
  }

  /**
   * The same, but some outputs may be written where an input is read.
   *
   * @param feeds the input of each of these outputs
   * @throws dhara.options.BadOption if another is both written and read, or one is written twice
   */
  public static void check(List<Place> read, List<Place> written, Map<String, String> feeds) {
    for (int i = 0; i < written.size(); i++) {
      Place place = written.get(i);
      for (Place other : read) {
        if (!other.what.equals(feeds.get(place.what)) && place.overlaps(other)) {
          throw place.inTheWay(
              other.endpoint.option()
                  + " reads "
                  + other.what
                  + ": the run, or the next one, would read what it wrote");
        }
      }
      for (Place other : written.subList(0, i)) {
        if (place.overlaps(other)) {
          throw place.inTheWay(other.what + " (" + other.endpoint.option() + ") goes too");
        }
      }
    }
  }

  private RuntimeException inTheWay(String why) {
    return endpoint.bad(
        what
            + " would go to "
            + Connector.of(endpoint, Connector.Ability.values()).named(this)
            + ", where "
            + why
            + "; name another place");
  }

  private boolean overlaps(Place other) {
    return endpoint.scheme().equals(other.endpoint.scheme())
        && Connector.of(endpoint, Connector.Ability.values()).overlaps(this, other);
  }
}
