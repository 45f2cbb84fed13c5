package dhara.tools.advise;

/** How an analysis is run. */
enum Mode {

  /** Over events as they come. */
  STREAM("stream"),

  /** Over what there is, to its end. */
  BATCH("batch");

  private final String word;

  Mode(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
