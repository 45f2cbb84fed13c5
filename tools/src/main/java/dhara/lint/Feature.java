package dhara.lint;

import java.util.Locale;

/** A feature that some engine cannot run, and what to use instead. */
public enum Feature {
  /** A source without an end. */
  UNBOUNDED_INPUT(
      "reads without end",
      "run it on Flink (-Pflink-runner), or give the source an end: kafka://…?end=latest"),
  /** A splittable DoFn that never ends. */
  UNBOUNDED_SPLITTABLE_DOFN(
      "is a splittable DoFn without end", "read with a source that ends, or on another engine"),
  /** KafkaIO's implementation over a splittable DoFn, in a stream. */
  KAFKA_SPLITTABLE_STREAM(
      "reads Kafka without end by KafkaIO's splittable DoFn",
      "read by its UnboundedSource, as KafkaSource does"),
  /** {@code @OnWindowExpiration}. */
  ON_WINDOW_EXPIRATION(
      "uses @OnWindowExpiration", "set an event-time timer at the window's end instead"),
  /** {@code MultimapState}. */
  MULTIMAP_STATE("uses MultimapState", "keep a MapState of lists instead"),
  /** {@code OrderedListState}. */
  ORDERED_LIST_STATE(
      "uses OrderedListState", "keep a BagState and sort what is read from it instead"),
  /** {@code TimerMap}. */
  TIMER_FAMILY("uses a timer family (TimerMap)", "keep one timer, set to the next moment due"),
  /** {@code @RequiresTimeSortedInput}. */
  TIME_SORTED_INPUT(
      "uses @RequiresTimeSortedInput", "buffer in state, and sort when an event-time timer fires"),
  /** A grouping in windows that merge. */
  SESSIONS(
      "groups in windows that merge (sessions)",
      "answer by Answers.in(Windows.sessions(…)), which merges sessions itself, or run it on Flink"
          + " (-Pflink-runner) or the direct runner"),
  /** {@code TestStream}. */
  TEST_STREAM("is a TestStream", "give it elements by Create");

  private final String use;
  private final String fix;

  Feature(String use, String fix) {
    this.use = use;
    this.fix = fix;
  }

  /** The name of the rule in a finding about it: {@code on-window-expiration}. */
  public String rule() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a step with this feature does. */
  String use() {
    return use;
  }

  /** What to do instead. */
  String fix() {
    return fix;
  }
}
