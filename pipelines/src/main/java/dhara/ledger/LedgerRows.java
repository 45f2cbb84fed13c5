package dhara.ledger;

import dhara.connectors.RowFormat;
import java.util.List;

/** The format of a ledger: one row for each input, which a later row of the input replaces. */
public final class LedgerRows {

  /** The key: the input. */
  private record InputKey(String input) {}

  private LedgerRows() {}

  /** The columns of a {@link Ledger}, keyed by {@code input}. */
  public static RowFormat<Ledger> format() {
    return RowFormat.upserts(
        List.of(Ledger.class),
        ledger -> List.of(ledger),
        List.of(InputKey.class),
        ledger -> List.of(new InputKey(ledger.input())));
  }
}
