package dhara.tools;

import dhara.formats.RecordFields;
import dhara.terminal.Console;
import dhara.tools.run.AnalysisJob;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Connects the command with the job factory and the line writer. */
final class Wiring {

  private Wiring() {}

  static Dhara dhara(Console console, @Nullable String engine) {
    return new Dhara(console, engine, AnalysisJob::of, Wiring::line);
  }

  private static final ClassValue<RecordFields<?>> FIELDS =
      new ClassValue<>() {
        @Override
        protected RecordFields<?> computeValue(Class<?> type) {
          return RecordFields.of(type.asSubclass(Record.class));
        }
      };

  @SuppressWarnings("unchecked") // the fields of an event's own class
  private static byte[] line(Record event) {
    return ((RecordFields<Record>) FIELDS.get(event.getClass())).json(event);
  }
}
