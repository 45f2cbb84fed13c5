package dhara.transforms.order.pattern;

import java.io.Serializable;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One step of a pattern, as it was declared.
 *
 * @param name what its events are called; of a group, the text of its steps
 * @param kind whether an event, a group of steps or an absence is wanted
 * @param contiguity how its first event follows the event before
 * @param condition what its events satisfy, or null if any event does
 * @param until what ends its repetition, or null
 * @param quantifier how often it occurs
 * @param group the steps of a group
 */
record Step<E>(
    String name,
    Kind kind,
    Contiguity contiguity,
    @Nullable Criterion<E> condition,
    @Nullable Criterion<E> until,
    Quantifier quantifier,
    List<Step<E>> group)
    implements Serializable {

  /** What a step wants. */
  enum Kind {
    EVENT,
    GROUP,
    NOT_NEXT,
    NOT_FOLLOWED_BY
  }

  static <E> Step<E> of(String name, Kind kind, Contiguity contiguity) {
    return new Step<>(name, kind, contiguity, null, null, Quantifier.ONCE, List.of());
  }

  static <E> Step<E> group(List<Step<E>> steps, Contiguity contiguity) {
    return new Step<>(
        "(" + text(steps) + ")",
        Kind.GROUP,
        contiguity,
        null,
        null,
        Quantifier.ONCE,
        List.copyOf(steps));
  }

  boolean isAbsence() {
    return kind == Kind.NOT_NEXT || kind == Kind.NOT_FOLLOWED_BY;
  }

  boolean isGroup() {
    return kind == Kind.GROUP;
  }

  /** Whether it matches without an event. */
  boolean mayBeEmpty() {
    return quantifier.optional()
        || (isGroup() && group.stream().allMatch(step -> step.isAbsence() || step.mayBeEmpty()));
  }

  Step<E> where(Criterion<E> criterion) {
    return new Step<>(name, kind, contiguity, criterion, until, quantifier, group);
  }

  Step<E> until(Criterion<E> criterion) {
    return new Step<>(name, kind, contiguity, condition, criterion, quantifier, group);
  }

  Step<E> with(Quantifier changed) {
    return new Step<>(name, kind, contiguity, condition, until, changed, group);
  }

  /** The steps as in a regular expression: {@code a → b+ → !c}. */
  static <E> String text(List<Step<E>> steps) {
    StringBuilder text = new StringBuilder();
    for (Step<E> step : steps) {
      text.append(text.isEmpty() ? "" : step.arrow()).append(step);
    }
    return text.toString();
  }

  /** The text with all that it leaves out, except the conditions. */
  static <E> String shape(List<Step<E>> steps) {
    StringBuilder shape = new StringBuilder();
    for (Step<E> step : steps) {
      shape.append(step.kind).append(step.contiguity);
      shape.append(step.isGroup() ? "(" + shape(step.group) + ")" : step.name);
      shape.append(step.quantifier).append(step.quantifier.inner());
      shape.append(step.quantifier.greedy() ? "GREEDY" : "");
      shape.append(step.until == null ? "" : "UNTIL").append(' ');
    }
    return shape.toString();
  }

  private String arrow() {
    return switch (kind) {
      case NOT_NEXT -> " ";
      case NOT_FOLLOWED_BY -> " → ";
      default ->
          switch (contiguity) {
            case STRICT -> " ";
            case RELAXED -> " → ";
            case ANY -> " ⇢ ";
          };
    };
  }

  @Override
  public String toString() {
    return (isAbsence() ? "!" : "") + name + quantifier;
  }
}
