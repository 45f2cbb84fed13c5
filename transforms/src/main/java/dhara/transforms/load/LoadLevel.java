package dhara.transforms.load;

/** How loaded a worker is, and so what it leaves undone. Each level includes those before it. */
public enum LoadLevel {
  /** Everything is done. */
  NORMAL(0),
  /** Open windows give no early answers. */
  REDUCED(1),
  /** The outputs that the user named are shed. */
  ESSENTIAL(2),
  /** All outputs but the first are shed, except effects. */
  EMERGENCY(3);

  private final int number;

  LoadLevel(int number) {
    this.number = number;
  }

  /** The number that the metrics show: 0 for normal, 3 for an emergency. */
  public int number() {
    return number;
  }

  /** Whether it is this level or a higher one. */
  public boolean atLeast(LoadLevel level) {
    return number >= level.number;
  }
}
