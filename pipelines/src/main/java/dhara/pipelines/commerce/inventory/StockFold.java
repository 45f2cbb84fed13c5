package dhara.pipelines.commerce.inventory;

import dhara.pipelines.commerce.inventory.Stock.Order;
import dhara.pipelines.commerce.inventory.Stock.Shelf;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.pipelines.commerce.inventory.StockOutcome.Change;
import dhara.pipelines.commerce.inventory.StockOutcome.Low;
import dhara.pipelines.commerce.inventory.StockOutcome.Reason;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rules of a warehouse: takes its commands in order, accepts or rejects each as a whole, and
 * lets reservations expire. Of no product are more units reserved than are on hand, and so there
 * are never fewer than zero.
 *
 * @param expiry how long a reservation lasts
 * @param memory how long an order is remembered after its reservation has ended
 * @param lowBelow a product runs low when fewer units are available; 0 if none runs low
 * @param hysteresis by how many percent more it has recovered, and can run low again
 */
record StockFold(Duration expiry, Duration memory, long lowBelow, int hysteresis)
    implements Fold<StockCommand, Stock, StockOutcome> {

  private static final long serialVersionUID = 1L;

  /** A warehouse is never forgotten: it has stock until commands take it away. */
  private static final Duration CENTURY = Duration.ofDays(36_525);

  @Override
  public Stock initial() {
    return Stock.empty();
  }

  @Override
  public @Nullable Stock apply(Stock stock, StockCommand command, Consumer<StockOutcome> out) {
    out.accept(
        switch (command.kind()) {
          case RESTOCK, ADJUST -> move(stock, command);
          case RESERVE -> reserve(stock, command);
          case COMMIT, CANCEL, EXPIRE -> end(stock, command);
        });
    return stock.isEmpty() ? null : stock;
  }

  private StockOutcome move(Stock stock, StockCommand command) {
    List<Line> lines = StockCommand.perProduct(command.lines());
    String tooFew = tooFew(stock, lines, 1, 0);
    return tooFew == null
        ? done(stock, command, lines, 1, 0)
        : rejected(command, Reason.INSUFFICIENT_STOCK, tooFew);
  }

  private StockOutcome reserve(Stock stock, StockCommand command) {
    Order before = order(stock, command);
    if (before != null && before.ended() == null) {
      return rejected(command, Reason.ALREADY_RESERVED, null);
    } else if (before != null && before.ended() == Reason.ALREADY_COMMITTED) {
      return rejected(command, Reason.ALREADY_COMMITTED, null);
    }
    List<Line> lines = StockCommand.perProduct(command.lines());
    String tooFew = tooFew(stock, lines, 0, 1);
    if (tooFew != null) {
      return rejected(command, Reason.INSUFFICIENT_STOCK, tooFew);
    }
    stock
        .orders()
        .put(command.order(), new Order(command.id(), command.at().plus(expiry), lines, null));
    return done(stock, command, lines, 0, 1);
  }

  private StockOutcome end(Stock stock, StockCommand command) {
    Order order = order(stock, command);
    if (order == null) {
      return rejected(command, Reason.UNKNOWN_ORDER, null);
    } else if (order.ended() != null) {
      return rejected(command, order.ended(), null);
    }
    end(stock, command.order(), order, ended(command.kind()), command.at());
    return done(
        stock, command, order.lines(), command.kind() == StockCommand.Kind.COMMIT ? -1 : 0, -1);
  }

  private static Reason ended(StockCommand.Kind kind) {
    return switch (kind) {
      case COMMIT -> Reason.ALREADY_COMMITTED;
      case CANCEL -> Reason.ALREADY_CANCELLED;
      case EXPIRE -> Reason.ALREADY_EXPIRED;
      case RESTOCK, RESERVE, ADJUST ->
          throw new IllegalArgumentException(kind + " ends no reservation");
    };
  }

  /** Remembers for a while that a reservation has ended, and drops others that need not be. */
  private void end(Stock stock, String name, Order order, Reason how, Instant at) {
    stock.orders().removeBeside(name, other -> other.ended() != null && !other.until().isAfter(at));
    if (memory.isZero()) {
      stock.orders().remove(name);
    } else {
      stock.orders().put(name, new Order(order.reservedBy(), at.plus(memory), List.of(), how));
    }
  }

  /** The order of a command; null if it has no reservation, or it ended too long ago. */
  private static @Nullable Order order(Stock stock, StockCommand command) {
    Order order = stock.orders().get(command.order());
    return order != null && order.ended() != null && !order.until().isAfter(command.at())
        ? null
        : order;
  }

  /** The first product of which fewer units would be on hand than are reserved. */
  private static @Nullable String tooFew(Stock stock, List<Line> lines, int onHand, int reserved) {
    for (Line line : lines) {
      if (stock.shelf(line.product()).available() + (onHand - reserved) * line.quantity() < 0) {
        return line.product();
      }
    }
    return null;
  }

  private static StockOutcome rejected(StockCommand command, Reason why, @Nullable String product) {
    return new StockOutcome(
        command.id(),
        command.at(),
        command.kind(),
        command.order(),
        why,
        product,
        List.of(),
        List.of());
  }

  private StockOutcome done(
      Stock stock, StockCommand command, List<Line> lines, int onHand, int reserved) {
    List<Low> low = new ArrayList<>(0);
    List<Change> changes = changed(stock, lines, onHand, reserved, low);
    return new StockOutcome(
        command.id(), command.at(), command.kind(), command.order(), null, null, changes, low);
  }

  private List<Change> changed(
      Stock stock, List<Line> lines, int onHand, int reserved, List<Low> low) {
    List<Change> changes = new ArrayList<>(lines.size());
    for (Line line : lines) {
      Change change =
          new Change(line.product(), onHand * line.quantity(), reserved * line.quantity());
      Shelf shelf = stock.shelf(line.product()).plus(change.onHand(), change.reserved());
      boolean isLow = shelf.low() ? !recovered(shelf) : shelf.available() < lowBelow;
      if (isLow && !shelf.low()) {
        low.add(new Low(line.product(), shelf.available()));
      }
      stock.put(line.product(), new Shelf(shelf.onHand(), shelf.reserved(), isLow));
      changes.add(change);
    }
    return changes;
  }

  private boolean recovered(Shelf shelf) {
    return shelf.available() * 100.0 > lowBelow * (100.0 + hysteresis);
  }

  @Override
  public @Nullable Instant wakeAt(Stock stock) {
    return stock.orders().earliest();
  }

  /** Reservations expire. */
  @Override
  public @Nullable Stock wake(Stock stock, Instant at, Consumer<StockOutcome> out) {
    List<Map.Entry<String, Order>> due = stock.orders().dueUntil(at);
    due.sort(Comparator.comparing(entry -> entry.getValue().reservedBy()));
    for (Map.Entry<String, Order> entry : due) {
      Order order = entry.getValue();
      end(stock, entry.getKey(), order, Reason.ALREADY_EXPIRED, at);
      out.accept(
          new StockOutcome(
              order.reservedBy() + StockOutcome.EXPIRED,
              at,
              StockCommand.Kind.EXPIRE,
              entry.getKey(),
              null,
              null,
              changed(stock, order.lines(), 0, -1, new ArrayList<>(0)),
              List.of()));
    }
    return stock.isEmpty() ? null : stock;
  }

  @Override
  public Duration keep() {
    return CENTURY;
  }
}
