package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.parity.commerce.InventoryOracle.Done;
import dhara.pipelines.commerce.inventory.AuditEntry;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up the trail of each warehouse. */
@AutoService(Oracle.class)
public final class InventoryViewOracle implements Oracle {

  @Override
  public String analysis() {
    return "inventory-view";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of("--viewEvery=PT1S"));
  }

  @Override
  public long testEvents() {
    return 350;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Map<String, List<Done>> trails = new TreeMap<>();
    for (AuditEntry entry : inputs.of("audit", AuditEntry.class)) {
      Map<String, Long> onHand = new TreeMap<>();
      Map<String, Long> reserved = new TreeMap<>();
      entry.changes().forEach(change -> onHand.put(change.product(), change.onHand()));
      entry.changes().forEach(change -> reserved.put(change.product(), change.reserved()));
      trails
          .computeIfAbsent(entry.warehouse(), w -> new ArrayList<>())
          .add(new Done(entry.id(), entry.at(), null, null, onHand, reserved));
    }
    Rows rows = new Rows();
    trails.forEach(rows::stock);
    return Map.of("stock", rows.byOutput().get("stock"));
  }
}
