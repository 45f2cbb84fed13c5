package dhara.serving.api;

/**
 * A request that cannot be served. The answer has this status and the body {@code {"error":"…"}};
 * the message is one sentence that names the fix and repeats no secret.
 */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int NOT_ACCEPTABLE = 406;
  static final int TIMEOUT = 408;
  static final int TOO_LARGE = 413;
  static final int UNSUPPORTED_TYPE = 415;
  static final int TOO_MANY = 429;
  static final int FAILURE = 500;
  static final int UNAVAILABLE = 503;

  private final int status;

  Refusal(int status, String message) {
    super(message);
    this.status = status;
  }

  Refusal(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** A request that asks for something that is not understood. */
  static Refusal bad(String message) {
    return new Refusal(BAD_REQUEST, message);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
