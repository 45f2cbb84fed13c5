package dhara.lint;

import java.util.List;

/**
 * A difference between two versions of a stream.
 *
 * @param breaking whether a stream restored from the old state would fail, or lose some of it
 * @param what changed, its consequence, and what to do if it breaks
 */
public record Change(boolean breaking, String what) {

  static Change breaks(String what) {
    return new Change(true, what);
  }

  static Change fits(String what) {
    return new Change(false, what);
  }

  /** Whether any of these is breaking. */
  public static boolean breaks(List<Change> changes) {
    return changes.stream().anyMatch(Change::breaking);
  }

  /** {@code break: step … was renamed …}, {@code compatible: …}. */
  @Override
  public String toString() {
    return (breaking ? "break: " : "compatible: ") + what;
  }
}
