package dhara.tools.calibrate;

/** Where a number comes from. */
public enum Mark {

  /** It was measured on this machine, with the user's own events. */
  MEASURED("measured"),

  /** The user gave it, as an option. */
  GIVEN("given"),

  /** Nobody measured or gave it; the reason says what it rests on. */
  ASSUMED("assumed"),

  /** It follows from the others. */
  COMPUTED("computed");

  private final String word;

  Mark(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
