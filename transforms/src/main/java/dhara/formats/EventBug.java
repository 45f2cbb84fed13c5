package dhara.formats;

/**
 * The constructor of an event's record failed, and not with an {@link IllegalArgumentException}, by
 * which it refuses what cannot have happened: a bug of the class, not bad data. It fails the run.
 * Whoever knows where the bytes stand says so.
 */
public final class EventBug extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EventBug(Class<? extends Record> type, String path, Throwable thrown) {
    super(
        "%sthe constructor of %s threw %s; it refuses a value by an IllegalArgumentException, and anything else is a bug of it"
            .formatted(path.isEmpty() ? "" : path + " ", type.getSimpleName(), thrown));
    addSuppressed(thrown); // and no cause: what a user sees of a failure is its root
  }

  /** The failure of a run, which names the source and the position in it. */
  public static IllegalStateException at(String source, String position, String what) {
    return new IllegalStateException(source + " " + position + ": " + what);
  }
}
