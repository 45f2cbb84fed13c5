package dhara.pipelines.commerce.inventory;

import dhara.events.Event;
import java.time.Instant;
import java.util.List;

/**
 * A state change of a warehouse, read back from the trail that {@code inventory} has written.
 *
 * @param id of the command, or of the expiry
 * @param at when it took effect
 * @param warehouse whose stock has changed
 * @param changes of each product
 */
public record AuditEntry(String id, Instant at, String warehouse, List<StockOutcome.Change> changes)
    implements Event {}
