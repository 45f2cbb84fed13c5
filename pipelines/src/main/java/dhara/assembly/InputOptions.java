package dhara.assembly;

import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
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
   * The part of a mapping that is for one input of an analysis.
   *
   * @param inputs all inputs of the analysis
   */
  public static Mapping ofInput(Mapping mapping, Input<?> input, List<Input<?>> inputs) {
    return mapping.ofInput(
        input.name(),
        inputs.stream().collect(Collectors.toMap(Input::name, InputOptions::components)));
  }

  private static List<String> components(Input<?> input) {
    return Arrays.stream(input.type().getRecordComponents()).map(RecordComponent::getName).toList();
  }

  /**
   * Checks what no source and no sink checks: that events are named, and the bounds of numbers.
   *
   * @throws BadOption if the options cannot be obeyed
   */
  static void check(Analysis<?> analysis, DharaOptions options) {
    if (options.getEvents() == null) {
      throw new BadOption("--events", null, "is missing; name a file, a glob or a topic");
    }
    Bounds.check(options, analysis.options());
    checkMaxEventBytes(options.getMaxEventBytes());
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
