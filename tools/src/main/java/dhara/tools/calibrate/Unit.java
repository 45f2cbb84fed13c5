package dhara.tools.calibrate;

import java.util.Locale;

/** The unit of a number, and how a person reads it. */
public enum Unit {

  /** A whole number of something. */
  COUNT {
    @Override
    public String text(double value) {
      return number(value);
    }
  },

  /** Events in a second. */
  EVENTS_PER_SECOND {
    @Override
    public String text(double value) {
      return number(value) + " events/s";
    }
  },

  /** Bytes, shown in powers of 1024. */
  BYTES {
    @Override
    public String text(double value) {
      return bytes(value);
    }
  },

  /** Bytes in a second, in powers of 1024. */
  BYTES_PER_SECOND {
    @Override
    public String text(double value) {
      return bytes(value) + "/s";
    }
  },

  /** Seconds, shown in the largest unit that gives at least 1. */
  SECONDS {
    @Override
    public String text(double value) {
      return seconds(value);
    }
  },

  /** Processor time: hours of one core. */
  CORE_HOURS {
    @Override
    public String text(double value) {
      return number(value) + " core hours";
    }
  },

  /** Money, in the currency of the prices. */
  MONEY {
    @Override
    public String text(double value) {
      return String.format(Locale.ROOT, "%,.2f", value);
    }
  },

  /** A part of a whole, from 0 to 1. */
  SHARE {
    @Override
    public String text(double value) {
      return String.format(Locale.ROOT, "%.2f", value);
    }
  },

  /** A factor. */
  FACTOR {
    @Override
    public String text(double value) {
      return String.format(Locale.ROOT, "%.2f ×", value);
    }
  };

  private static final double DAY = 86_400;
  private static final double HOUR = 3_600;
  private static final double MINUTE = 60;
  private static final double KIBI = 1024;
  private static final String[] PREFIXES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  /** The value with its unit, as a person reads it. */
  public abstract String text(double value);

  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return "unbounded";
    }
    return value == Math.rint(value) || value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String bytes(double value) {
    int power = 0;
    double scaled = value;
    while (scaled >= KIBI && power < PREFIXES.length - 1) {
      scaled /= KIBI;
      power++;
    }
    return power == 0
        ? String.format(Locale.ROOT, "%.0f %s", scaled, PREFIXES[power])
        : String.format(Locale.ROOT, "%.1f %s", scaled, PREFIXES[power]);
  }

  private static String seconds(double value) {
    if (!Double.isFinite(value)) {
      return "never";
    } else if (value >= DAY) {
      return String.format(Locale.ROOT, "%,.1f days", value / DAY);
    } else if (value >= HOUR) {
      return String.format(Locale.ROOT, "%.1f h", value / HOUR);
    } else if (value >= MINUTE) {
      return String.format(Locale.ROOT, "%.1f min", value / MINUTE);
    }
    return String.format(Locale.ROOT, "%.1f s", value);
  }
}
