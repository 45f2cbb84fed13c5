package dhara.transforms.order;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.CoderAttack;
import dhara.records.RecordCoder;
import dhara.records.RecordOutput;
import dhara.samples.Sale;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.junit.jupiter.api.Test;

class OrderAttackTest {

  private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");
  private static final Coder<Sale> SALES = RecordCoder.of(Sale.class);

  private static Sale sale(int i) {
    return new Sale("i" + i, TEN.plusMillis(i / 2), "o", "p", null, "IN", null, "c", 3, 250);
  }

  @Test
  void bytesAreAMapOfPartsOrAnError() throws IOException {
    PartedMap.Form<Sale> form = PartedMap.form(SALES).due(Sale::at);
    PartedMap<Sale> map = form.empty();
    for (int i = 0; i < 5; i++) {
      map.put("k" + i, sale(i));
    }
    CoderAttack.on("parted map", 20, form, List.of(form.empty(), map));
  }

  @Test
  void bytesAreEventsWithTheirOutputsOrAnError() throws IOException {
    RecordOutput event = new RecordOutput(64);
    DueEvents.write(sale(1), List.of(sale(2), sale(3)), event, SALES, SALES);
    byte[] body = Arrays.copyOf(event.bytes(), event.size());
    BlockWriter writer = new BlockWriter();
    writer.add(new byte[] {1, 'k'}, 0, 2, 5, out -> out.write(body, 0, body.length));

    CoderAttack.on(
        "due events",
        15,
        List.of(writer.toBytes()),
        bytes -> {
          for (BlockReader entry = new BlockReader(bytes); entry.next(); ) {
            DueEvents.read(entry, SALES, SALES);
          }
        });
  }

  @Test
  void anEventThatClaimsTwoBillionOutputsIsRefusedWithoutRoomForThem() throws IOException {
    BlockWriter writer = new BlockWriter();
    writer.add(
        new byte[] {1, 'k'},
        0,
        2,
        5,
        out -> {
          SALES.encode(sale(1), out);
          out.writeVarint(Integer.MAX_VALUE);
        });
    BlockReader entry = new BlockReader(writer.toBytes());
    entry.next();

    assertThrows(IOException.class, () -> DueEvents.read(entry, SALES, SALES));
  }

  @Test
  void bytesAreEventsOfAKeyOrAnError() throws IOException {
    BlockWriter writer = new BlockWriter();
    for (int i = 3; i >= 0; i--) {
      Sale sale = sale(i);
      writer.add(
          new byte[] {1, 'k'}, 0, 2, sale.at().toEpochMilli(), out -> SALES.encode(sale, out));
    }
    CoderAttack.on(
        "events of a key",
        10,
        List.of(writer.toBytes()),
        bytes -> KeyEvents.inOrder(bytes, SALES, event -> {}));
  }
}
