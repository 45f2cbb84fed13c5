package dhara.terminal;

import java.util.concurrent.atomic.AtomicReference;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Shows the rows that a stream prints on the console of its own process. Without one, as where no
 * terminal is, the stream prints them as JSON lines.
 */
@FunctionalInterface
public interface Screen {

  /**
   * A row.
   *
   * @param output what it is of
   * @param aside whether it is no answer: a dead letter, a late event, a ledger
   * @param key what it replaces an earlier row of
   * @param row as a JSON object; null if the earlier row is no more
   * @return false where it is to be printed all the same
   */
  boolean shows(String output, boolean aside, byte[] key, byte @Nullable [] row);

  /** Has a screen show the rows of this process from now on; null for none. */
  static void use(@Nullable Screen screen) {
    Used.SCREEN.set(screen);
  }

  /** What shows the rows of this process now; null where nothing does. */
  static @Nullable Screen used() {
    return Used.SCREEN.get();
  }

  /** The steps of a pipeline are copies that know nobody: they find the screen here. */
  final class Used {

    private static final AtomicReference<@Nullable Screen> SCREEN = new AtomicReference<>();

    private Used() {}
  }
}
