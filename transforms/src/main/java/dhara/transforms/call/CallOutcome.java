package dhara.transforms.call;

/** What came of asking a service about a key. */
public enum CallOutcome {
  /** The service answered. */
  FOUND,
  /** The service answered that it knows nothing of the key. */
  UNKNOWN,
  /** The service will never answer this question, e.g. because of a missing right. */
  REFUSED,
  /** The service answered something that cannot be read. */
  UNREADABLE,
  /** The service asked to be called later, or more was to be asked than may be at once. */
  BUSY,
  /** The service is away or broken. */
  FAILED,
  /** No answer came in time. */
  TIMEOUT,
  /** The service was not asked, because it has failed too often. */
  BREAKER_OPEN,
  /** The calls are replayed, and no call of this event was recorded. */
  UNRECORDED;

  /** Whether the service has said what it knows. */
  public boolean answered() {
    return this == FOUND || this == UNKNOWN;
  }
}
