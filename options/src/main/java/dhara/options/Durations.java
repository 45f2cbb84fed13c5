package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Defaults of options that are durations: {@code @Default.InstanceFactory(Durations.OneDay.class)}.
 */
public final class Durations {

  private Durations() {}

  private abstract static class Of implements DefaultValueFactory<Duration> {

    private final Duration duration;

    Of(String iso) {
      this.duration = Duration.parse(iso);
    }

    @Override
    public Duration create(PipelineOptions options) {
      return duration;
    }
  }

  /** No time. */
  public static final class Zero extends Of {
    public Zero() {
      super("PT0S");
    }
  }

  /** Three seconds. */
  public static final class ThreeSeconds extends Of {
    public ThreeSeconds() {
      super("PT3S");
    }
  }

  /** Five seconds. */
  public static final class FiveSeconds extends Of {
    public FiveSeconds() {
      super("PT5S");
    }
  }

  /** Ten seconds. */
  public static final class TenSeconds extends Of {
    public TenSeconds() {
      super("PT10S");
    }
  }

  /** Thirty seconds. */
  public static final class ThirtySeconds extends Of {
    public ThirtySeconds() {
      super("PT30S");
    }
  }

  /** A minute. */
  public static final class OneMinute extends Of {
    public OneMinute() {
      super("PT1M");
    }
  }

  /** Five minutes. */
  public static final class FiveMinutes extends Of {
    public FiveMinutes() {
      super("PT5M");
    }
  }

  /** Ten minutes. */
  public static final class TenMinutes extends Of {
    public TenMinutes() {
      super("PT10M");
    }
  }

  /** A quarter of an hour. */
  public static final class FifteenMinutes extends Of {
    public FifteenMinutes() {
      super("PT15M");
    }
  }

  /** Half an hour. */
  public static final class ThirtyMinutes extends Of {
    public ThirtyMinutes() {
      super("PT30M");
    }
  }

  /** An hour. */
  public static final class OneHour extends Of {
    public OneHour() {
      super("PT1H");
    }
  }

  /** A day, of 24 hours. */
  public static final class OneDay extends Of {
    public OneDay() {
      super("P1D");
    }
  }

  /** Seven days. */
  public static final class SevenDays extends Of {
    public SevenDays() {
      super("P7D");
    }
  }

  /** Thirty days. */
  public static final class ThirtyDays extends Of {
    public ThirtyDays() {
      super("P30D");
    }
  }
}
