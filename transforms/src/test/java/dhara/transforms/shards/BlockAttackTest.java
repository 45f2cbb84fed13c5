package dhara.transforms.shards;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.CoderAttack;
import dhara.records.RecordCoder;
import dhara.samples.Sale;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class BlockAttackTest {

  private static final Coder<Sale> SALES = RecordCoder.of(Sale.class);

  private static byte[] block(int entries) throws IOException {
    BlockWriter writer = new BlockWriter();
    for (int i = 0; i < entries; i++) {
      Sale sale =
          new Sale("i" + i, Instant.ofEpochSecond(i), "o", "p", null, "IN", null, "c", 3, 250);
      byte[] key = CoderUtils.encodeToByteArray(SALES, sale);
      writer.add(key, 0, key.length, i, out -> SALES.encode(sale, out));
    }
    return writer.toBytes();
  }

  @Test
  void bytesAreABlockOrAnError() throws IOException {
    CoderAttack.on(
        "block", 10, BlockCoder.of(ByteArrayCoder.of(), SALES), List.of(block(0), block(3)));
  }

  @Test
  void aBlockThatClaimsTwoBillionBytesIsRefusedWithoutRoomForThem() {
    byte[] claims = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 1};

    assertThrows(
        EOFException.class,
        () -> BlockCoder.of(ByteArrayCoder.of(), SALES).decode(new ByteArrayInputStream(claims)));
  }

  @Test
  void bytesOfABlockAreEntriesOrAnError() throws IOException {
    CoderAttack.on(
        "entries of a block",
        20,
        List.of(block(1), block(3)),
        bytes -> {
          for (BlockReader reader = new BlockReader(bytes); reader.next(); ) {
            reader.keyHash();
            reader.alone().sum(SALES);
            reader.sum(SALES);
          }
        });
  }
}
