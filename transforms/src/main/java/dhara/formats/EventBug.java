package dhara.formats;

/**
 * The constructor of an event's record failed with another exception than {@link
 * IllegalArgumentException}, with which it refuses impossible values. This is a bug of the class
 * and not bad data, so it fails the run. The caller that knows the position of the bytes adds it.
 */
public final class EventBug extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EventBug(Class<? extends Record> type, String path, Throwable thrown) {
    super(
        "%sthe constructor of %s threw %s; it refuses a value by an IllegalArgumentException, and anything else is a bug of it"
            .formatted(path.isEmpty() ? "" : path + " ", type.getSimpleName(), thrown));
    addSuppressed(thrown); // without a cause, because a user sees the root cause of a failure
  }

  /** The failure of a run, which names the source and the position in it. */
  public static IllegalStateException at(String source, String position, String what) {
    return new IllegalStateException(source + " " + position + ": " + what);
  }
}
