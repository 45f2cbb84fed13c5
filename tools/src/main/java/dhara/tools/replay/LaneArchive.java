package dhara.tools.replay;

import dhara.assembly.InputOptions;
import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.Archive;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.pipelines.Input;
import dhara.tools.generate.LineWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The archive of an input.
 *
 * @param input what it holds events of
 * @param archive its files
 * @param lines how its events are sent
 */
record LaneArchive<T extends Record & Event>(
    Input<T> input, Archive<T> archive, ReplayLines lines) {

  /**
   * Finds the files.
   *
   * @param inputs all inputs of the analysis
   * @param events the files, as the user named them
   * @throws dhara.options.BadOption if they cannot be used
   */
  static <T extends Record & Event> LaneArchive<T> of(
      Input<T> input,
      List<Input<?>> inputs,
      String events,
      ReplayOptions options,
      LineWriter writer) {
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    Mapping mapping = InputOptions.ofInput(InputOptions.mapping(options.getMap()), input, inputs);
    Archive<T> archive =
        Archive.of(
            Endpoint.of("--events", events),
            input.type(),
            mapping,
            input.name(),
            new TimeBounds(options.getNotBefore(), options.getMaxSkew()),
            options.getMaxEventBytes());
    return new LaneArchive<>(
        input, archive, ReplayLines.of(writer, options, mapping, archive.formats()));
  }

  /** The time of its first event; empty if it has none. */
  Optional<Instant> first() throws IOException {
    return ArchiveUpstream.first(archive, lines);
  }
}
