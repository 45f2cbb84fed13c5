package dhara.tools.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Unit;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints plans. */
final class PlanPrinter {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private PlanPrinter() {}

  /** As lines for a person. */
  static List<String> text(StreamPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("A plan for the stream of " + plan.analysis());
    lines.add("");
    lines.add("It rests on");
    lines.addAll(Figure.lines(plan.inputs()));
    lines.add("");
    lines.add("So it needs");
    lines.addAll(Figure.lines(plan.results()));
    if (!plan.schedule().isEmpty()) {
      lines.add("");
      lines.add("Scaling schedule, UTC");
      for (ScalingSchedule.Step step : plan.schedule()) {
        lines.add(
            "  %s – %s  parallelism %,d, up to %s"
                .formatted(
                    HOUR.format(step.from()),
                    HOUR.format(step.until()),
                    step.parallelism(),
                    Unit.EVENTS_PER_SECOND.text(step.rate())));
      }
    }
    lines.add("");
    lines.add("Know that");
    plan.notes().forEach(note -> lines.add("  - " + note));
    return lines;
  }

  /** As a JSON object. */
  static String json(StreamPlan plan) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("analysis", plan.analysis());
    fields.put("inputs", plan.inputs().stream().map(Figure::json).toList());
    fields.put("results", plan.results().stream().map(Figure::json).toList());
    fields.put("schedule", plan.schedule().stream().map(PlanPrinter::step).toList());
    fields.put("notes", plan.notes());
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan is always written: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> step(ScalingSchedule.Step step) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", step.from().toString());
    fields.put("until", step.until().toString());
    fields.put("rate", step.rate());
    fields.put("parallelism", step.parallelism());
    return fields;
  }
}
