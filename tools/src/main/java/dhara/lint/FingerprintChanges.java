package dhara.lint;

import dhara.lint.Fingerprint.RecordShape;
import dhara.lint.Fingerprint.Source;
import dhara.lint.Fingerprint.Step;
import dhara.lint.Fingerprint.Windowing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The differences between two fingerprints. Whether a change is breaking depends on how engines
 * restore state (by the names of steps, states and timers) and on how {@link
 * dhara.records.RecordCoder} reads old bytes.
 */
final class FingerprintChanges {

  private static final String ELSE = ", or start afresh";

  private final Fingerprint was;
  private final Fingerprint now;
  private final List<Change> changes = new ArrayList<>();

  FingerprintChanges(Fingerprint was, Fingerprint now) {
    this.was = was;
    this.now = now;
  }

  List<Change> changes() {
    was.steps()
        .forEach(
            (name, step) -> {
              if (now.steps().containsKey(name)) {
                step("step " + name, step, now.steps().get(name));
              } else {
                gone("step " + name, "would lose its state", "the name");
              }
            });
    added(was.steps(), now.steps(), "step ", "is new: it starts without state");
    was.sources()
        .forEach(
            (name, source) -> {
              if (now.sources().containsKey(name)) {
                source("source " + name, source, now.sources().get(name));
              } else {
                gone("source " + name, "would read from the start again", "the name");
              }
            });
    added(was.sources(), now.sources(), "source ", "is new: it reads from its start");
    was.records()
        .forEach(
            (type, shape) -> {
              // A type that is no longer encoded was already reported at the place where it was
              // encoded.
              if (now.records().containsKey(type)) {
                record(type, shape, now.records().get(type));
              }
            });
    return List.copyOf(changes);
  }

  private void gone(String what, String loss, String keep) {
    breaks(what + " was renamed or removed: a restored stream " + loss, "keep " + keep);
  }

  private void breaks(String what, String fix) {
    changes.add(Change.breaks(what + "; " + fix + ELSE));
  }

  private void added(Map<String, ?> olds, Map<String, ?> news, String kind, String meaning) {
    news.keySet().stream()
        .filter(name -> !olds.containsKey(name))
        .forEach(name -> changes.add(Change.fits(kind + name + " " + meaning)));
  }

  private void step(String step, Step old, Step next) {
    same(step + ": what it is", old.kind(), next.kind());
    same(step + ": the coder of its key", old.key(), next.key());
    old.states()
        .forEach(
            (id, kind) -> {
              if (next.states().containsKey(id)) {
                same(step + ": state " + id, kind, next.states().get(id));
              } else {
                gone(step + ": state " + id, "would lose it", "the id");
              }
            });
    added(old.states(), next.states(), step + ": state ", "is new: it is empty at first");
    old.timers()
        .forEach(
            (id, domain) -> {
              if (next.timers().containsKey(id)) {
                same(step + ": timer " + id, domain, next.timers().get(id));
              } else {
                gone(step + ": timer " + id, "would find no method for those set", "the id");
              }
            });
    added(old.timers(), next.timers(), step + ": timer ", "is new: none is set at first");
    windowing(step, old.windowing(), next.windowing());
  }

  private void windowing(String step, Windowing old, Windowing next) {
    same(step + ": the coder of its windows", old.window(), next.window());
    same(step + ": whether its windows merge", old.merging(), next.merging());
    if (!old.trigger().equals(next.trigger())) {
      breaks(
          changed(step + ": the parts of its trigger", old.trigger(), next.trigger())
              + ": marks of what has fired in open windows would be read as those of other parts",
          "undo it");
    }
    if (!old.panes().equals(next.panes())) {
      breaks(
          changed(step + ": its panes", old.panes(), next.panes())
              + ": open windows hold what the others need not, or lack what they need",
          "undo it");
    }
    if (!old.windows().equals(next.windows())) {
      changes.add(
          Change.fits(
              changed(step + ": its windows", old.windows(), next.windows())
                  + ": those that are open end as they were"));
    }
    if (old.latenessMillis() != next.latenessMillis()) {
      changes.add(
          Change.fits(
              changed(
                  step + ": its allowed lateness in milliseconds",
                  old.latenessMillis(),
                  next.latenessMillis())));
    }
  }

  private void source(String source, Source old, Source next) {
    same(source + ": what it reads by", old.reads(), next.reads());
    same(source + ": the coder of where it stands", old.checkpoint(), next.checkpoint());
    old.classes()
        .forEach(
            (type, version) -> {
              if (next.classes().containsKey(type)) {
                same(source + ": the serial version of " + type, version, next.classes().get(type));
              } else if (!exists(type)) {
                gone(source + ": class " + type, "could not read where it stands", "it");
              }
            });
  }

  /**
   * Whether a class that old bytes name still exists, even if the current options do not need it.
   */
  private static boolean exists(String type) {
    try {
      Class<?> unused = Class.forName(type, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private void same(String what, Object old, Object next) {
    if (!old.equals(next)) {
      breaks(changed(what, old, next) + ": a restored stream could not read its state", "undo it");
    }
  }

  private static String changed(String what, Object old, Object next) {
    return what + " changed from " + old + " to " + next;
  }

  private void record(String type, RecordShape old, RecordShape next) {
    String name = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    if (old.constants() != null && next.constants() != null) {
      old.constants().stream()
          .filter(constant -> !next.constants().contains(constant))
          .forEach(
              constant ->
                  gone("enum " + name + " constant " + constant, "could not read it", "it"));
      next.constants().stream()
          .filter(constant -> !old.constants().contains(constant))
          .forEach(
              constant ->
                  changes.add(Change.fits("enum " + name + " constant " + constant + " is new")));
    } else if (old.components() != null && next.components() != null) {
      components("record " + name, old.components(), next);
    } else {
      same(
          "type " + name,
          old.components() == null ? "enum" : "record",
          next.components() == null ? "enum" : "record");
    }
  }

  /** Compared by position, as RecordCoder reads them; names only tell which component has moved. */
  private void components(String record, Map<String, String> olds, RecordShape next) {
    Map<String, String> news = Objects.requireNonNull(next.components());
    List<String> oldNames = List.copyOf(olds.keySet());
    List<String> newNames = List.copyOf(news.keySet());
    for (int i = 0; i < oldNames.size(); i++) {
      String name = oldNames.get(i);
      String component = record + " component " + name;
      if (i >= newNames.size()) {
        breaks(component + " was removed: old bytes could not be read", "keep it");
        return;
      }
      String other = newNames.get(i);
      if (!other.equals(name) && (news.containsKey(name) || olds.containsKey(other))) {
        breaks(
            record
                + " component "
                + other
                + " stands where "
                + name
                + " stood: old bytes would be read in the wrong order",
            "add components at the end, and remove none");
        return;
      }
      if (!olds.get(name).equals(news.get(other))) {
        breaks(
            changed(component, olds.get(name), news.get(other)) + ": old bytes could not be read",
            "keep its type");
      }
      if (!other.equals(name)) {
        changes.add(Change.fits(component + " was renamed to " + other));
      }
    }
    for (String name : newNames.subList(oldNames.size(), newNames.size())) {
      String component = record + " component " + name;
      if (next.inKeys()) {
        breaks(
            component + " is new, in a key: state that is kept by old keys would not be found",
            "leave keys as they are");
      } else if (news.get(name).endsWith("?")) {
        changes.add(Change.fits(component + " is new: it is absent in old bytes"));
      } else {
        breaks(
            component + " is new, and is not in old bytes: they could not be read",
            "make it @Nullable or Optional");
      }
    }
  }
}
