package dhara.cli;

import dhara.pipelines.Analysis;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What is asked of a verb that is followed by an analysis and options of the verb's own.
 *
 * @param analysis the analysis
 * @param options the verb's
 */
record Asked<O extends PipelineOptions>(Analysis<?> analysis, O options) {

  /**
   * Reads a verb's arguments; empty where they ask for its help.
   *
   * @param example options that the verb needs, for the error
   * @throws dhara.options.BadOption where they name no analysis, or an option is not right
   */
  static <O extends PipelineOptions> Optional<Asked<O>> of(
      Verb verb, List<String> arguments, String example, Class<O> type, Environment environment) {
    if (Verb.helps(arguments)) {
      return Optional.empty();
    }
    Analysis<?> analysis = environment.analysis(verb, arguments, example);
    Arguments known = Arguments.ofVerb(verb.name(), type);
    Arguments.Given given = known.parse(arguments.subList(1, arguments.size()));
    return given.help()
        ? Optional.empty()
        : Optional.of(new Asked<>(analysis, known.build(type, given, List.of())));
  }
}
