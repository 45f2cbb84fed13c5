package dhara.cli;

import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The arguments of a verb that takes an analysis and options of its own.
 *
 * @param analysis the analysis
 * @param options the verb's
 */
public record Asked<O extends PipelineOptions>(Analysis<?> analysis, O options) {

  /**
   * Reads a verb's arguments; empty if they ask for its help.
   *
   * @param example options that the verb needs, for the error
   * @throws dhara.options.BadOption if they name no analysis, or an option is wrong
   */
  public static <O extends PipelineOptions> Optional<Asked<O>> of(
      Verb verb, List<String> arguments, String example, Class<O> type, Environment environment) {
    Arguments known = Arguments.ofVerb(verb.name(), Verb.ANALYSIS, type);
    Arguments.Given given = known.parse(arguments);
    if (given.help()) {
      return Optional.empty();
    }
    if (given.places().size() > 1) {
      throw new BadOption(
          given.places().get(1),
          null,
          "stands beside the analysis, and "
              + verb.name()
              + " takes one; options look like --name=value");
    }
    Analysis<?> analysis = environment.analysis(verb, given.places(), example);
    return Optional.of(new Asked<>(analysis, known.build(type, given, List.of())));
  }
}
