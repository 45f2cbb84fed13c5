package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;

/** Where Flink CEP is known to differ; see {@link Pattern}. Empty if a pattern must be equal. */
final class FlinkQuirks {

  private final List<String> found = new ArrayList<>();

  static List<String> of(Pattern<Signal> pattern) {
    FlinkQuirks quirks = new FlinkQuirks();
    quirks.look(pattern.steps(), null, true);
    quirks.overlap(pattern);
    String to = pattern.skip().step();
    quirks.add(
        to != null && pattern.steps().stream().noneMatch(step -> step.name().equals(to)),
        "skip to a step of a group");
    return quirks.found;
  }

  private void add(boolean is, String quirk) {
    if (is) {
      found.add(quirk);
    }
  }

  private void look(List<Step<Signal>> steps, Step<Signal> group, boolean whole) {
    for (int i = 0; i < steps.size(); i++) {
      Step<Signal> step = steps.get(i);
      Step<Signal> before = i == 0 ? null : steps.get(i - 1);
      boolean last = i == steps.size() - 1;
      Quantifier times = step.quantifier();
      boolean counted = before != null && before.quantifier().counted();
      switch (step.kind()) {
        case NOT_FOLLOWED_BY -> {
          add(counted && last && whole, "notFollowedBy at the end after a repeated step");
          add(
              counted
                  && (before.isGroup()
                      || (before.quantifier().varies() && !before.quantifier().loops())),
              "notFollowedBy after times(n, m) or a repeated group");
          add(
              last && before.kind() == Step.Kind.NOT_NEXT,
              "notFollowedBy at the end after notNext");
          add(before.isGroup() && endsOpen(before.group()), "notFollowedBy after an open group");
          add(!last && steps.get(i + 1).isAbsence(), "several absences one after the other");
          add(groupMayOpen(steps, i), "notFollowedBy before a group that may begin late");
          add(
              counted && group != null && i == 1 && group.quantifier().optional(),
              "notFollowedBy after the repeated head of an optional group");
          add(
              !last && steps.get(i + 1).mayBeEmpty() && steps.get(i + 1).quantifier().greedy(),
              "notFollowedBy before an optional greedy step");
          add(looksOn(steps, i), "notFollowedBy that is looked for after the next step");
          add(
              group != null && allMayBeEmpty(steps, i + 1),
              "notFollowedBy before the optional end of a group");
        }
        case NOT_NEXT -> {
          add(counted || before.isGroup(), "notNext after a repeated step");
          add(before.quantifier().greedy(), "greedy before notNext");
        }
        default -> {
          add(times.greedy() && step.until() != null, "until with greedy");
          add(times.greedy() && last && group != null, "greedy at the end of a group");
          add(times.greedy() && greedyBeforeOpen(steps, i), "greedy before an open head");
          if (step.isGroup()) {
            add(
                times.varies() && times.inner() != Contiguity.STRICT && closeAfter(steps, i, group),
                "next or followedBy after a repeated group");
            add(step.until() != null && endsOpen(step.group()), "until of an open group");
            add(step.until() != null && group != null, "until of a group in a group");
            add(headIsLost(step), "the head of a group");
            look(step.group(), step, false);
          }
        }
      }
    }
  }

  private static boolean greedyBeforeOpen(List<Step<Signal>> steps, int index) {
    for (Step<Signal> step : steps.subList(index + 1, steps.size())) {
      if (!step.isAbsence()) {
        return step.mayBeEmpty() || (step.isGroup() && step.group().get(0).mayBeEmpty());
      }
    }
    return false;
  }

  private static boolean groupMayOpen(List<Step<Signal>> steps, int index) {
    for (Step<Signal> step : steps.subList(index + 1, steps.size())) {
      if (step.isGroup() && (step.mayBeEmpty() || step.group().get(0).mayBeEmpty())) {
        return true;
      }
      if (!step.isAbsence() && !step.mayBeEmpty()) {
        return false;
      }
    }
    return false;
  }

  /** Flink adds what is forbidden to states of optional steps, whatever was taken before. */
  private static boolean looksOn(List<Step<Signal>> steps, int index) {
    for (int i = index + 1; i < steps.size(); i++) {
      Step<Signal> step = steps.get(i);
      Quantifier times = step.quantifier();
      if ((times.counted() && times.varies() && !times.loops())
          || (i > index + 1 && step.mayBeEmpty())) {
        return true;
      }
      if (!step.isAbsence() && !step.mayBeEmpty()) {
        return false;
      }
    }
    return false;
  }

  private static boolean allMayBeEmpty(List<Step<Signal>> steps, int from) {
    return steps.subList(from, steps.size()).stream()
        .allMatch(step -> step.isAbsence() || step.mayBeEmpty());
  }

  private static boolean closeAfter(List<Step<Signal>> steps, int index, Step<Signal> group) {
    for (Step<Signal> step : steps.subList(index + 1, steps.size())) {
      if (!step.isAbsence() && step.contiguity() != Contiguity.ANY) {
        return true;
      }
      if (!step.isAbsence() && !step.mayBeEmpty()) {
        return false;
      }
    }
    return group != null;
  }

  private static boolean endsOpen(List<Step<Signal>> steps) {
    Step<Signal> last = steps.get(steps.size() - 1);
    return last.mayBeEmpty()
        || last.quantifier().counted()
        || (last.isGroup() && endsOpen(last.group()));
  }

  private static boolean headIsLost(Step<Signal> group) {
    Step<Signal> head = group.group().get(0);
    return head.isGroup()
        || (head.quantifier().counted()
            && (head.quantifier().inner() != Contiguity.RELAXED
                || group.quantifier().inner() != Contiguity.RELAXED));
  }

  private void overlap(Pattern<Signal> pattern) {
    int[] masks = masks(pattern.steps(), new Match<>(EventSteps.of(pattern), null, 0));
    add((masks[0] & masks[1]) != 0, "an event that is both forbidden and wanted");
  }

  /** The kinds that are wanted, and the kinds that notFollowedBy forbids. */
  private static int[] masks(List<Step<Signal>> steps, Match<Signal> nothing) {
    int[] masks = new int[2];
    for (Step<Signal> step : steps) {
      if (step.isGroup()) {
        int[] inner = masks(step.group(), nothing);
        masks[0] |= inner[0];
        masks[1] |= inner[1];
      } else {
        int kinds = 0;
        for (char kind = 'a'; kind <= 'e'; kind++) {
          Signal signal = new Signal(0, kind, Integer.MAX_VALUE, 0);
          kinds |= step.condition().test(signal, nothing) ? 1 << (kind - 'a') : 0;
        }
        masks[step.kind() == Step.Kind.NOT_FOLLOWED_BY ? 1 : 0] |= kinds;
      }
    }
    return masks;
  }
}
