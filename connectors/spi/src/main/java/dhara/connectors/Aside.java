package dhara.connectors;

/**
 * Names of what a run writes beside its answers: folders in the answers' folder, suffixes of topics
 * and tables.
 */
public final class Aside {

  /** Records that could not become events, with their bytes and the reason. */
  public static final String DEAD_LETTERS = "dead-letters";

  /** Events of a stream that came after their window was settled. */
  public static final String LATE = "late";

  /** The ledger, which accounts for every record that was read. */
  public static final String LEDGER = "ledger";

  /** What an overloaded stream has shed, by output. */
  public static final String SHED = "shed";

  private Aside() {}
}
