package dhara.terminal;

import java.util.concurrent.atomic.AtomicReference;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Shows the rows that a stream prints on the console of its own process. Without a screen, for
 * example without a terminal, the stream prints them as JSON lines.
 */
@FunctionalInterface
public interface Screen {

  /**
   * Shows a row.
   *
   * @param output the output that it belongs to
   * @param aside whether it is not an answer but a dead letter, a late event or a ledger
   * @param key its key; it replaces an earlier row with the same key
   * @param row as a JSON object; null if the earlier row is deleted
   * @return false if it should be printed anyway
   */
  boolean shows(String output, boolean aside, byte[] key, byte @Nullable [] row);

  /** Sets the screen for the rows of this process; null for none. */
  static void use(@Nullable Screen screen) {
    Used.SCREEN.set(screen);
  }

  /** The screen of this process; null if there is none. */
  static @Nullable Screen used() {
    return Used.SCREEN.get();
  }

  /**
   * Steps of a pipeline are deserialized copies without references, so they find the screen here.
   */
  final class Used {

    private static final AtomicReference<@Nullable Screen> SCREEN = new AtomicReference<>();

    private Used() {}
  }
}
