package dhara.transforms.anomaly;

import java.io.Serializable;

/** How bad an anomaly is; the worst comes last. */
public enum Severity {
  LOW(1),
  MEDIUM(2),
  HIGH(3),
  CRITICAL(4);

  private final int level;

  Severity(int level) {
    this.level = level;
  }

  /** From 1, the least bad, to 4. */
  public int level() {
    return level;
  }

  /**
   * From which strengths on an anomaly is worse than low. A strength is a multiple of the limit: a
   * value six deviations from normal, if the limit is three, has strength 2.
   *
   * @param medium above 1
   * @param high above {@code medium}
   * @param critical above {@code high}
   */
  public record Scale(double medium, double high, double critical) implements Serializable {

    /** A quarter, a half and the whole of the limit beyond it. */
    public static final Scale DEFAULT = new Scale(1.25, 1.5, 2);

    public Scale {
      if (!(1 < medium && medium < high && high < critical)) {
        throw new IllegalArgumentException(
            "severities begin at rising multiples of the limit, all above 1, and not at %s, %s, %s"
                .formatted(medium, high, critical));
      }
    }

    /** How bad an anomaly of this strength is. */
    public Severity of(double strength) {
      if (strength >= critical) {
        return CRITICAL;
      }
      if (strength >= high) {
        return HIGH;
      }
      return strength >= medium ? MEDIUM : LOW;
    }

    /** The strength from which on anomalies have this level. */
    double from(int level) {
      return switch (level) {
        case 1 -> 1;
        case 2 -> medium;
        case 3 -> high;
        default -> critical;
      };
    }
  }
}
