package dhara.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.options.UriText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The log of verbs that change something: who did what when, and how it ended. Each verb has a line
 * of JSON before it begins, so that one that is killed is there too, and one when it has ended.
 * Lines are appended and forced to the disk. A verb does not begin if its line cannot be written.
 *
 * <p>Secrets are in it as references only: values that may hold one are left out, as in messages.
 */
public final class AuditLog {

  private static final String OPTION = "--audit";
  private static final String VARIABLE = "DHARA_AUDIT";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable String file;

  private AuditLog(@Nullable String file) {
    this.file = file;
  }

  /** The log that the arguments or else the environment name; of none, nothing is kept. */
  public static AuditLog of(List<String> arguments, Map<String, String> variables) {
    String file = variables.getOrDefault(VARIABLE, "").strip();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        file = argument.substring(OPTION.length() + 1);
      } else if (argument.equals(OPTION) && i + 1 < arguments.size()) {
        file = arguments.get(i + 1);
      }
    }
    return new AuditLog(file.isEmpty() ? null : file);
  }

  /**
   * Runs a verb, and keeps that it was run if it changes something.
   *
   * @return its exit code
   * @throws BadOption if the log cannot be written; then the verb has not begun
   * @throws Exception if the verb fails
   */
  public int run(Verb verb, List<String> arguments) throws Exception {
    if (file == null || !verb.changes(arguments)) {
      return verb.run(arguments);
    }
    Entry entry = new Entry(file, verb.name(), shown(arguments));
    try {
      entry.append("began", null, null);
    } catch (IOException e) {
      throw new BadOption(OPTION, file, "cannot be written, so nothing was done: " + reason(e), e);
    }
    Thread hook = new Thread(entry::interrupted, "audit");
    Runtime.getRuntime().addShutdownHook(hook);
    int exit;
    try {
      exit = verb.run(arguments);
    } catch (BadOption e) {
      throw ended(entry, hook, ExitCode.MISUSED, e);
    } catch (Exception e) {
      throw ended(entry, hook, ExitCode.FAILED, e);
    }
    try {
      entry.ended(exit);
    } catch (IOException e) {
      throw new IllegalStateException(
          "%s ended with exit code %d, which could not be written to %s: %s"
              .formatted(verb.name(), exit, file, reason(e)),
          e);
    } finally {
      forget(hook);
    }
    return exit;
  }

  private static <E extends Exception> E ended(Entry entry, Thread hook, int exit, E failure) {
    try {
      entry.ended(exit);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    forget(hook);
    return failure;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook finds that there is nothing left to write.
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /** The arguments without what may be a secret, also where a value stands apart from its name. */
  private static List<String> shown(List<String> arguments) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith("-") && argument.indexOf('=') < 0 && i + 1 < arguments.size()) {
        String setting = argument + "=" + arguments.get(i + 1);
        String hidden = UriText.shown(setting);
        if (!hidden.equals(setting)) {
          shown.add(hidden);
          i++;
          continue;
        }
      }
      shown.add(UriText.shown(argument));
    }
    return shown;
  }

  /** A verb that is run. */
  private static final class Entry {

    private final String file;
    private final String verb;
    private final List<String> arguments;
    private final String run = UUID.randomUUID().toString();
    private final AtomicBoolean over = new AtomicBoolean();

    Entry(String file, String verb, List<String> arguments) {
      this.file = file;
      this.verb = verb;
      this.arguments = arguments;
    }

    void ended(int exit) throws IOException {
      if (over.compareAndSet(false, true)) {
        String outcome =
            switch (exit) {
              case ExitCode.DONE -> "done";
              case ExitCode.MISUSED -> "refused";
              default -> "failed";
            };
        append("ended", outcome, exit);
      }
    }

    /** The process is ended by a signal. */
    void interrupted() {
      if (over.compareAndSet(false, true)) {
        try {
          append("ended", "interrupted", null);
        } catch (IOException e) {
          System.err.println("the audit log has no end of " + verb + ": " + reason(e));
        }
      }
    }

    void append(String event, @Nullable String outcome, @Nullable Integer exit) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      try (JsonGenerator json = JSON.createGenerator(line)) {
        json.writeStartObject();
        json.writeStringField("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        json.writeStringField("run", run);
        json.writeStringField("event", event);
        json.writeStringField("user", user());
        json.writeStringField("verb", verb);
        json.writeArrayFieldStart("arguments");
        for (String argument : arguments) {
          json.writeString(argument);
        }
        json.writeEndArray();
        if (outcome != null) {
          json.writeStringField("outcome", outcome);
        }
        if (exit != null) {
          json.writeNumberField("exit", exit);
        }
        json.writeEndObject();
      }
      line.write('\n');
      try (FileChannel channel =
          FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        ByteBuffer bytes = ByteBuffer.wrap(line.toByteArray());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
    }

    /** The user of the process as the system knows it; a property of the JVM could say anything. */
    private static String user() {
      return ProcessHandle.current().info().user().orElse(System.getProperty("user.name", ""));
    }
  }
}
