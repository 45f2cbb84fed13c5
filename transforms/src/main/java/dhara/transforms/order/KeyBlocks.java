package dhara.transforms.order;

import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import org.apache.beam.sdk.state.MapState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something for each key of a shard, in a map by the hash of the key. A value is a block of all
 * keys with that hash, nearly always one; engines compare keys of a map as objects, so byte arrays
 * cannot be keys.
 */
final class KeyBlocks {

  private final MapState<Integer, byte[]> map;

  KeyBlocks(MapState<Integer, byte[]> map) {
    this.map = map;
  }

  /** The block in which a key is, if it is there. */
  byte @Nullable [] block(KeyTable.Entry key) {
    return map.get(key.hash()).read();
  }

  /** The bytes of a key in its block; null if it is not there. */
  static @Nullable RecordInput find(byte @Nullable [] block, KeyTable.Entry key)
      throws IOException {
    if (block != null) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        if (key.hasKeyOf(reader)) {
          return reader.sumBytes();
        }
      }
    }
    return null;
  }

  /**
   * Replaces the bytes of a key.
   *
   * @param block the block as it was read
   * @param body writes them; null if the key is removed
   */
  void put(byte @Nullable [] block, KeyTable.Entry key, BlockWriter.@Nullable Body body)
      throws IOException {
    BlockWriter writer = new BlockWriter();
    if (block != null) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        if (!key.hasKeyOf(reader)) {
          writer.copy(reader);
        }
      }
    }
    if (body != null) {
      key.write(writer, 0, body);
    }
    if (writer.size() > 0) {
      map.put(key.hash(), writer.toBytes());
    } else if (block != null) {
      map.remove(key.hash());
    }
  }
}
