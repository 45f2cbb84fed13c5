package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.inventory.Inventory;
import dhara.pipelines.commerce.inventory.StockCommand;
import dhara.pipelines.commerce.inventory.StockCommand.Kind;
import dhara.pipelines.commerce.inventory.StockCommand.Line;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Computes stock with a journal of what was done in each warehouse: to decide about a command, it
 * adds up the whole journal, and searches it for the last word about the order.
 */
@AutoService(Oracle.class)
public final class InventoryOracle implements Oracle {

  @Override
  public String analysis() {
    return "inventory";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of("--provisional=true", "--reservationExpiry=PT2M", "--viewEvery=PT1S"),
        List.of("--lowStock=97", "--hysteresis=5", "--orderMemory=PT1S"));
  }

  @Override
  public long testEvents() {
    return 350;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    List<StockCommand> commands = new ArrayList<>(inputs.of("commands", StockCommand.class));
    commands.sort(Comparator.comparing(Event::at).thenComparing(Event::id));
    Map<String, Warehouse> warehouses = new TreeMap<>();
    for (StockCommand command : commands) {
      warehouses
          .computeIfAbsent(
              command.warehouse(), name -> new Warehouse(name, given.as(Inventory.Options.class)))
          .take(command);
    }
    Rows rows = new Rows();
    warehouses
        .values()
        .forEach(
            warehouse -> {
              warehouse.expireUntil(Instant.MAX);
              rows.addAll(warehouse.rows);
              warehouse.journal.forEach(entry -> rows.audit(warehouse.name, entry));
              rows.stock(warehouse.name, warehouse.journal);
            });
    return rows.byOutput();
  }

  /**
   * What was done.
   *
   * @param onHand units that came or left, by product
   * @param reserved units that were reserved or are no longer, by product
   */
  record Done(
      String id,
      Instant at,
      @Nullable Kind kind,
      @Nullable String order,
      Map<String, Long> onHand,
      Map<String, Long> reserved) {

    /** The products that it changed. */
    TreeSet<String> products() {
      TreeSet<String> products = new TreeSet<>(onHand.keySet());
      products.addAll(reserved.keySet());
      return products;
    }

    long onHand(String product) {
      return onHand.getOrDefault(product, 0L);
    }

    long reserved(String product) {
      return reserved.getOrDefault(product, 0L);
    }

    private boolean isAbout(String name) {
      return name.equals(order) && kind != Kind.RESTOCK && kind != Kind.ADJUST;
    }
  }

  /** A warehouse and its journal. */
  private static final class Warehouse {

    private final String name;
    private final Inventory.Options options;
    private final List<Done> journal = new ArrayList<>();
    private final List<Done> open = new ArrayList<>();
    private final TreeSet<String> low = new TreeSet<>();
    private final Rows rows = new Rows();

    Warehouse(String name, Inventory.Options options) {
      this.name = name;
      this.options = options;
    }

    void take(StockCommand command) {
      expireUntil(command.at());
      Map<String, Long> units = sums(command.lines());
      Map<String, Long> none = Map.of();
      switch (command.kind()) {
        case RESTOCK, ADJUST -> doIfEnough(command, units, none);
        case RESERVE -> {
          Done last = lastWord(command);
          if (last != null && last.kind == Kind.RESERVE) {
            reject(command, "ALREADY_RESERVED", null);
          } else if (last != null && last.kind == Kind.COMMIT) {
            reject(command, "ALREADY_COMMITTED", null);
          } else if (doIfEnough(command, none, units)) {
            open.add(journal.get(journal.size() - 1));
          }
        }
        case COMMIT, CANCEL, EXPIRE -> {
          Done last = lastWord(command);
          if (last == null) {
            reject(command, "UNKNOWN_ORDER", null);
          } else if (last.kind != Kind.RESERVE) {
            reject(
                command,
                last.kind == Kind.COMMIT
                    ? "ALREADY_COMMITTED"
                    : last.kind == Kind.CANCEL ? "ALREADY_CANCELLED" : "ALREADY_EXPIRED",
                null);
          } else {
            open.remove(last);
            Map<String, Long> back = negative(last.reserved);
            accept(command, command.kind() == Kind.COMMIT ? back : none, back);
          }
        }
      }
    }

    void expireUntil(Instant moment) {
      while (true) {
        Done first =
            open.stream()
                .min(Comparator.comparing(Done::at).thenComparing(Done::id))
                .filter(done -> !expiry(done).isAfter(moment))
                .orElse(null);
        if (first == null) {
          return;
        }
        open.remove(first);
        Done expired =
            new Done(
                first.id + "#expired",
                expiry(first),
                Kind.EXPIRE,
                first.order,
                Map.of(),
                negative(first.reserved));
        rows.decision(name, expired.id, expired.at, "EXPIRE", first.order, null, null);
        add(expired);
      }
    }

    private Instant expiry(Done reservation) {
      return reservation.at.plus(options.getReservationExpiry());
    }

    private @Nullable Done lastWord(StockCommand command) {
      for (int i = journal.size() - 1; i >= 0; i--) {
        Done done = journal.get(i);
        if (done.isAbout(command.order())) {
          boolean forgotten =
              done.kind != Kind.RESERVE
                  && !done.at.plus(options.getOrderMemory()).isAfter(command.at());
          return forgotten ? null : done;
        }
      }
      return null;
    }

    private boolean doIfEnough(
        StockCommand command, Map<String, Long> onHand, Map<String, Long> reserved) {
      Map<String, Long> takes = new TreeMap<>(reserved);
      onHand.forEach((product, units) -> takes.merge(product, -units, Long::sum));
      for (Map.Entry<String, Long> taken : takes.entrySet()) {
        if (available(taken.getKey()) < taken.getValue()) {
          reject(command, "INSUFFICIENT_STOCK", taken.getKey());
          return false;
        }
      }
      accept(command, onHand, reserved);
      return true;
    }

    private long available(String product) {
      return journal.stream().mapToLong(d -> d.onHand(product) - d.reserved(product)).sum();
    }

    private void accept(
        StockCommand command, Map<String, Long> onHand, Map<String, Long> reserved) {
      rows.decision(
          name, command.id(), command.at(), command.kind().name(), command.order(), null, null);
      add(new Done(command.id(), command.at(), command.kind(), command.order(), onHand, reserved));
    }

    private void reject(StockCommand command, String reason, @Nullable String product) {
      rows.decision(
          name,
          command.id(),
          command.at(),
          command.kind().name(),
          command.order(),
          reason,
          product);
    }

    private void add(Done done) {
      journal.add(done);
      long least = options.getLowStock();
      for (String product : done.products()) {
        long available = available(product);
        if (low.contains(product)) {
          if (100 * available > (100 + options.getHysteresis()) * least) {
            low.remove(product);
          }
        } else if (available < least) {
          low.add(product);
          rows.lowStock(name, product, done.id, done.at, available, least);
        }
      }
    }

    private static Map<String, Long> sums(List<Line> lines) {
      Map<String, Long> sums = new TreeMap<>();
      lines.forEach(line -> sums.merge(line.product(), line.quantity(), Long::sum));
      sums.values().removeIf(sum -> sum == 0);
      return sums;
    }

    private static Map<String, Long> negative(Map<String, Long> units) {
      Map<String, Long> negative = new TreeMap<>();
      units.forEach((product, of) -> negative.put(product, -of));
      return negative;
    }
  }
}
