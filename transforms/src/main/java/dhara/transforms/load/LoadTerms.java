package dhara.transforms.load;

import java.io.Serializable;
import java.util.List;
import java.util.UUID;

/**
 * When a worker of a run is at which {@link LoadLevel}.
 *
 * <p>A level begins as soon as the load reaches its share of the capacity. It ends only when the
 * load is more than {@link #MARGIN} below that share, so that a load which swings around a share
 * does not switch the level back and forth.
 *
 * @param run a name that no other run in the process has
 * @param capacityMillis the lag at which the load is 1
 * @param reducedAt the load at which a worker is {@link LoadLevel#REDUCED}
 * @param essentialAt the load at which it is {@link LoadLevel#ESSENTIAL}; above the one before
 * @param emergencyAt the load at which it is an {@link LoadLevel#EMERGENCY}; above the one before
 */
public record LoadTerms(
    String run, long capacityMillis, double reducedAt, double essentialAt, double emergencyAt)
    implements Serializable {

  /** How far below its share the load must be before a level ends. */
  static final double MARGIN = 0.1;

  /** Refuses a capacity of zero, and shares that do not rise. */
  public LoadTerms {
    if (capacityMillis <= 0) {
      throw new IllegalArgumentException(
          "a capacity is above zero, but is %d ms".formatted(capacityMillis));
    }
    if (!(0 < reducedAt && reducedAt < essentialAt && essentialAt < emergencyAt)) {
      throw new IllegalArgumentException(
          "each level begins above the one before, but they begin at %s, %s and %s"
              .formatted(reducedAt, essentialAt, emergencyAt));
    }
  }

  /** The terms of a new run. */
  public static LoadTerms of(
      long capacityMillis, double reducedAt, double essentialAt, double emergencyAt) {
    return new LoadTerms(
        UUID.randomUUID().toString(), capacityMillis, reducedAt, essentialAt, emergencyAt);
  }

  /** The terms of which this is the {@link #text}. */
  static LoadTerms parse(String text) {
    List<String> parts = List.of(text.split(" ", -1));
    return new LoadTerms(
        parts.get(0),
        Long.parseLong(parts.get(1)),
        Double.parseDouble(parts.get(2)),
        Double.parseDouble(parts.get(3)),
        Double.parseDouble(parts.get(4)));
  }

  /** All of it on one line, to be passed to workers as an option. */
  public String text() {
    return "%s %d %s %s %s".formatted(run, capacityMillis, reducedAt, essentialAt, emergencyAt);
  }

  /**
   * The level of a worker.
   *
   * @param now its level so far
   * @param load the lag of what it reads, as a share of the capacity
   */
  LoadLevel next(LoadLevel now, double load) {
    LoadLevel reached = at(load);
    if (reached.atLeast(now)) {
      return reached;
    }
    LoadLevel held = at(load + MARGIN);
    return held.atLeast(now) ? now : held;
  }

  private LoadLevel at(double load) {
    if (load >= emergencyAt) {
      return LoadLevel.EMERGENCY;
    } else if (load >= essentialAt) {
      return LoadLevel.ESSENTIAL;
    }
    return load >= reducedAt ? LoadLevel.REDUCED : LoadLevel.NORMAL;
  }
}
