package dhara.testkit;

/**
 * A pause between two looks at what another thread or process will do. A loop without one keeps a
 * processor busy that the other needs.
 */
public final class Pause {

  private static final long MILLIS = 20;

  private Pause() {}

  /**
   * Pauses for a moment.
   *
   * @throws IllegalStateException if the thread is interrupted, which ends the wait
   */
  public static void shortly() {
    try {
      Thread.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
