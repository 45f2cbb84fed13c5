package dhara.assembly;

import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the options that all commands share which read events. */
public final class InputOptions {

  /** The longest event: it must fit into one array. */
  private static final int MOST_EVENT_BYTES = 1 << 30;

  private InputOptions() {}

  /**
   * The mapping of {@code --map}; the empty mapping if it is not given.
   *
   * @throws BadOption if an entry is malformed
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
   * @throws BadOption if it is out of range
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
