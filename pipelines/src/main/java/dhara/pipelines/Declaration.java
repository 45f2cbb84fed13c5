package dhara.pipelines;

import dhara.options.DharaOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
 * @param otherScenarios the same for other purposes, by name
 */
public record Declaration<O extends DharaOptions>(
    String name,
    String summary,
    Class<O> options,
    List<Input<?>> inputs,
    List<Output<?, ?>> outputs,
    Scenario scenario,
    Map<String, Scenario> otherScenarios) {

  public Declaration {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    otherScenarios = Map.copyOf(otherScenarios);
  }

  /** A declaration without inputs and outputs. */
  public static <O extends DharaOptions> Declaration<O> of(String name, Class<O> options) {
    return new Declaration<>(name, "", options, List.of(), List.of(), Scenario.none(), Map.of());
  }

  /** The same with a summary: one sentence without a full stop. */
  public Declaration<O> summary(String newSummary) {
    return new Declaration<>(name, newSummary, options, inputs, outputs, scenario, otherScenarios);
  }

  /** The same, reading these; the first is the one that a bare {@code --events=URI} means. */
  public Declaration<O> reads(Input<?>... newInputs) {
    return new Declaration<>(
        name, summary, options, List.of(newInputs), outputs, scenario, otherScenarios);
  }

  /** The same, answering these; the first is the main one. */
  public Declaration<O> answers(Output<?, ?>... newOutputs) {
    return new Declaration<>(
        name, summary, options, inputs, List.of(newOutputs), scenario, otherScenarios);
  }

  /**
   * The same with a scenario, which makes events of its inputs for tests, demonstrations and load
   * tests.
   */
  public Declaration<O> scenario(Scenario newScenario) {
    return new Declaration<>(name, summary, options, inputs, outputs, newScenario, otherScenarios);
  }

  /**
   * The same with one more scenario, for a purpose that the first one does not serve, such as
   * training: {@code generate} makes its events if it is named.
   *
   * @param scenarioName in kebab case
   */
  public Declaration<O> scenario(String scenarioName, Scenario other) {
    Map<String, Scenario> all = new LinkedHashMap<>(otherScenarios);
    all.put(scenarioName, other);
    return new Declaration<>(name, summary, options, inputs, outputs, scenario, all);
  }
}
