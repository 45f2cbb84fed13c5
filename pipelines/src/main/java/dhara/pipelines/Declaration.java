package dhara.pipelines;

import dhara.options.DharaOptions;
import java.util.List;

/**
 * The declaration of an analysis: its command, its options, what it reads and what it answers.
 *
 * <pre>{@code
 * Declaration.of("order-metrics", Options.class)
 *     .summary("orders, GMV and average order per minute")
 *     .reads(LINES)
 *     .answers(METRICS, TOP)
 *     .scenario(Scenario.of(LINES, OrderLines::generate));
 * }</pre>
 *
 * @param name the command, in kebab case
 * @param summary what it answers, in one sentence without a full stop
 * @param options its options: an interface that extends {@link DharaOptions}
 * @param inputs what it reads; the first is the one that a bare {@code --events=URI} means
 * @param outputs what it answers; the first is the main one
 * @param scenario makes events of all its inputs
 */
public record Declaration<O extends DharaOptions>(
    String name,
    String summary,
    Class<O> options,
    List<Input<?>> inputs,
    List<Output<?, ?>> outputs,
    Scenario scenario) {

  public Declaration {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A declaration without inputs and outputs. */
  public static <O extends DharaOptions> Declaration<O> of(String name, Class<O> options) {
    return new Declaration<>(name, "", options, List.of(), List.of(), Scenario.none());
  }

  /** The same with a summary: one sentence without a full stop. */
  public Declaration<O> summary(String newSummary) {
    return new Declaration<>(name, newSummary, options, inputs, outputs, scenario);
  }

  /** The same, reading these; the first is the one that a bare {@code --events=URI} means. */
  public Declaration<O> reads(Input<?>... newInputs) {
    return new Declaration<>(name, summary, options, List.of(newInputs), outputs, scenario);
  }

  /** The same, answering these; the first is the main one. */
  public Declaration<O> answers(Output<?, ?>... newOutputs) {
    return new Declaration<>(name, summary, options, inputs, List.of(newOutputs), scenario);
  }

  /**
   * The same with a scenario, which makes events of its inputs for tests, demonstrations and load
   * tests.
   */
  public Declaration<O> scenario(Scenario newScenario) {
    return new Declaration<>(name, summary, options, inputs, outputs, newScenario);
  }
}
