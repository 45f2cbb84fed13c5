package dhara.connectors;

/**
 * What a run writes beside its answers: names of folders in the answers' folder, suffixes of
 * topics, tables.
 */
public final class Aside {

  /** Records that could not become events, with their bytes and the reason. */
  public static final String DEAD_LETTERS = "dead-letters";

  /** Events of a stream that came after what they belong to was settled. */
  public static final String LATE = "late";

  /** What became of every record that was read. */
  public static final String LEDGER = "ledger";

  private Aside() {}
}
