package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of the steps of a pattern that have events, with those in groups. */
final class EventSteps {

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();

  static <E> EventSteps of(Pattern<E> pattern) {
    EventSteps names = new EventSteps();
    names.add(pattern.steps());
    return names;
  }

  private <E> void add(List<Step<E>> steps) {
    for (Step<E> step : steps) {
      if (step.isGroup()) {
        add(step.group());
      } else if (!step.isAbsence()) {
        indexes.put(step.name(), names.size());
        names.add(step.name());
      }
    }
  }

  int index(String name) {
    Integer index = indexes.get(name);
    if (index == null) {
      throw new IllegalArgumentException(
          "no step \"%s\" has events in this pattern; its steps are %s".formatted(name, names));
    }
    return index;
  }

  int size() {
    return names.size();
  }

  String name(int index) {
    return names.get(index);
  }
}
