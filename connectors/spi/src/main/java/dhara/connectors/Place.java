package dhara.connectors;

import java.util.List;

/**
 * What a run reads, or what it writes to. Their connectors say whether two are one: a run must not
 * read what it writes, and two outputs must not share a topic, a table or a folder.
 *
 * @param endpoint what the user named
 * @param what is there: an output's name, {@code dead-letters}; of what is read, the input's
 * @param suffix what the name of a topic or table goes on with
 * @param written whether it is written to, else it is read
 */
public record Place(Endpoint endpoint, String what, String suffix, boolean written) {

  /** Where an input's events are read. */
  public static Place read(Endpoint endpoint, String input) {
    return new Place(endpoint, input, "", false);
  }

  /**
   * Refuses places that are in each other's way.
   *
   * @throws dhara.options.BadOption where one is written to and read, or written to twice
   */
  public static void check(List<Place> read, List<Place> written) {
    for (int i = 0; i < written.size(); i++) {
      Place place = written.get(i);
      for (Place other : read) {
        if (place.overlaps(other)) {
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
