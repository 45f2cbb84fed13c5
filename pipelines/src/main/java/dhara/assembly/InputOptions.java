package dhara.assembly;

import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What every command that reads events makes of the options that say how. */
public final class InputOptions {

  /** An event stands in one array; what is longer could not be held. */
  private static final int MOST_EVENT_BYTES = 1 << 30;

  private InputOptions() {}

  /**
   * The mapping that {@code --map} says; none where it says nothing.
   *
   * @throws BadOption where an entry is malformed
   */
  public static Mapping mapping(@Nullable List<String> map) {
    try {
      return map == null ? Mapping.none() : Mapping.of(map);
    } catch (IllegalArgumentException e) {
      throw new BadOption("--map", String.join(",", map), e.getMessage(), e);
    }
  }

  /**
   * Checks {@code --maxEventBytes}.
   *
   * @throws BadOption where no event could be held, or none that long
   */
  public static void checkMaxEventBytes(int bytes) {
    if (bytes < 1 || bytes > MOST_EVENT_BYTES) {
      throw new BadOption(
          "--maxEventBytes",
          bytes,
          "is not from 1 to " + MOST_EVENT_BYTES + ", e.g. --maxEventBytes=1048576");
    }
  }
}
