package dhara.transforms.model;

/**
 * A model that cannot be used, or a held set that it cannot be tried on. The message says what is
 * wrong, and is shown with the refusal.
 */
public final class BadModel extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BadModel(String message) {
    super(message);
  }

  public BadModel(String message, Throwable cause) {
    super(message, cause);
  }
}
