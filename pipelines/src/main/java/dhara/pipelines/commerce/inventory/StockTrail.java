package dhara.pipelines.commerce.inventory;

import dhara.pipelines.Scenario.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The trail of the made-up warehouses: what their commands have changed. */
final class StockTrail {

  private final StockFold fold = new StockFold(Duration.ofMinutes(15), Duration.ofHours(1), 0, 0);
  private final Map<String, Stock> warehouses = new HashMap<>();
  private final Queue<AuditEntry> entries = new ArrayDeque<>();
  private final Iterator<Given<?>> commands;

  private StockTrail(Iterator<Given<?>> commands) {
    this.commands = commands;
  }

  /** The first {@code count} entries of a seed's trail, in the order of their time. */
  static Stream<AuditEntry> generate(long seed, long count) {
    // Each command is one entry at most, but those that are rejected are none.
    Iterator<Given<?>> commands = StockCommands.events(seed, Long.MAX_VALUE).iterator();
    return Stream.generate(new StockTrail(commands)::next).limit(count);
  }

  private AuditEntry next() {
    while (entries.isEmpty()) {
      StockCommand command = (StockCommand) commands.next().event();
      expire(command.at());
      String warehouse = command.warehouse();
      Stock before = warehouses.getOrDefault(warehouse, fold.initial());
      put(warehouse, fold.apply(before, command, outcome -> add(warehouse, outcome)));
    }
    return entries.remove();
  }

  /** Lets reservations of all warehouses expire that are due until a moment, the earliest first. */
  private void expire(Instant until) {
    for (String next = due(until); next != null; next = due(until)) {
      String warehouse = next;
      Stock stock = warehouses.get(warehouse);
      put(warehouse, fold.wake(stock, fold.wakeAt(stock), outcome -> add(warehouse, outcome)));
    }
  }

  private @Nullable String due(Instant until) {
    String first = null;
    Instant earliest = until;
    for (Map.Entry<String, Stock> entry : warehouses.entrySet()) {
      Instant wake = fold.wakeAt(entry.getValue());
      if (wake != null && (first == null ? !wake.isAfter(earliest) : wake.isBefore(earliest))) {
        first = entry.getKey();
        earliest = wake;
      }
    }
    return first;
  }

  private void put(String warehouse, @Nullable Stock stock) {
    if (stock == null) {
      warehouses.remove(warehouse);
    } else {
      warehouses.put(warehouse, stock);
    }
  }

  private void add(String warehouse, StockOutcome outcome) {
    if (outcome.rejected() == null) {
      entries.add(new AuditEntry(outcome.id(), outcome.at(), warehouse, outcome.changes()));
    }
  }
}
