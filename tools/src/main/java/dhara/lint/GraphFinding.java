package dhara.lint;

import java.util.List;

/**
 * A problem with a step of a pipeline.
 *
 * @param severity whether the pipeline may run anyway
 * @param rule the broken rule, in kebab case; it stays the same if the wording changes
 * @param step the full name of the step, or the option that chose it
 * @param reason what it does, and why that is a problem
 * @param fix what to do about it
 */
public record GraphFinding(Severity severity, String rule, String step, String reason, String fix) {

  /** What happens to a pipeline with such a finding. */
  public enum Severity {
    /** It does not run. */
    REFUSE,
    /** It runs, with a warning. */
    WARN
  }

  static GraphFinding refuse(String rule, String step, String reason, String fix) {
    return new GraphFinding(Severity.REFUSE, rule, step, reason, fix);
  }

  static GraphFinding warn(String rule, String step, String reason, String fix) {
    return new GraphFinding(Severity.WARN, rule, step, reason, fix);
  }

  /** Whether a pipeline with any of these must not run. */
  public static boolean refuses(List<GraphFinding> findings) {
    return findings.stream().anyMatch(finding -> finding.severity == Severity.REFUSE);
  }

  /** One line: {@code orders.Unique/First: reason; fix}. */
  @Override
  public String toString() {
    return (severity == Severity.WARN ? "warning: " : "") + step + ": " + reason + "; " + fix;
  }
}
