package dhara.runners.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the root cause of a failure of Flink, as one line. A task that fails interrupts others,
 * whose failures are only consequences.
 */
final class Causes {

  private static final int LONGEST = 400;
  private static final Pattern THROWN =
      Pattern.compile("^(?:Caused by: )?((?:[\\w$]+\\.)+[\\w$]+)(?:: (.*))?$", Pattern.MULTILINE);
  private static final Pattern NESTED = Pattern.compile("^(?:[\\w$]+\\.){2,}[\\w$]+: ");
  private static final String REASON = "Failure reason: ";
  private static final Pattern CONSEQUENCE =
      Pattern.compile(
          "InterruptedException|InterruptException|CancelTaskException|ClosedByInterruptException"
              + "|ExceptionInChainedOperatorException|UserCodeException|SerializedThrowable"
              + "|CompletionException|ExecutionException|RuntimeException");

  private Causes() {}

  /** The root cause of a failure. */
  static String line(Throwable failure) {
    List<String> lines = new ArrayList<>();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 50; depth++) {
      lines.add(cause.toString());
      cause = cause.getCause();
    }
    return root(String.join("\nCaused by: ", lines));
  }

  /** The root cause in a printed stack trace: the last cause with a meaning. */
  static String root(String trace) {
    String root = "";
    String any = "";
    Matcher thrown = THROWN.matcher(trace);
    while (thrown.find()) {
      String name = thrown.group(1).replaceFirst(".*[.$]", "");
      String message = thrown.group(2) == null ? "" : plain(thrown.group(2));
      String line = message.isEmpty() ? name : name + ": " + message;
      any = line;
      if (!CONSEQUENCE.matcher(name).matches()) {
        root = line;
      }
    }
    String told = root.isEmpty() ? any.isEmpty() ? trace.strip() : any : root;
    String first = told.lines().findFirst().orElse("unknown");
    return first.length() <= LONGEST ? first : first.substring(0, LONGEST) + "…";
  }

  /**
   * Shortens a message: a failure from another process repeats its class in the message, and one of
   * a checkpoint lists all steps of a task.
   */
  private static String plain(String message) {
    String plain = message.strip();
    for (Matcher nested = NESTED.matcher(plain); nested.find(); nested = NESTED.matcher(plain)) {
      plain = plain.substring(nested.end());
    }
    int reason = plain.indexOf(REASON);
    return reason < 0 ? plain : plain.substring(reason + REASON.length());
  }

  /** Whether a root cause is only the consequence of another failure. */
  static boolean consequence(String root) {
    return CONSEQUENCE.matcher(root.replaceFirst(":.*", "")).matches();
  }

  /** Why a checkpoint cannot be restored, if that is the failure. */
  static Optional<String> misfit(Throwable failure) {
    String trace = traceOf(failure);
    return trace.contains("rollback to checkpoint/savepoint")
            || trace.contains("Cannot map checkpoint/savepoint state")
            || trace.contains("StateMigrationException")
            || trace.contains("The new state serializer")
            || trace.contains("Exception while creating StreamOperatorStateContext")
        ? Optional.of(root(trace))
        : Optional.empty();
  }

  private static String traceOf(Throwable failure) {
    StringBuilder trace = new StringBuilder();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 50; depth++) {
      trace.append(depth == 0 ? "" : "\nCaused by: ").append(cause);
      cause = cause.getCause();
    }
    return trace.toString();
  }
}
