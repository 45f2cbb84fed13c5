package dhara.transforms.order;

import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.state.MapState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something for each key of a shard, in a map by the hash of the key. A value is a block of all
 * keys with that hash, nearly always one; engines compare keys of a map as objects, so byte arrays
 * cannot be keys.
 *
 * <p>Whoever sends events may choose many keys with one hash. To read and write their block for
 * each of them would take quadratic time, so such a block is taken apart when it is first used, and
 * written once by {@link #flush}.
 */
final class KeyBlocks {

  /** A block of more keys is taken apart. Nobody has so many with one hash by chance. */
  private static final int MOST_KEYS = 16;

  private final MapState<Integer, byte[]> map;
  private final Map<Integer, Crowd> crowds = new HashMap<>();

  /** Keys with one hash, in order, because a hash does not tell them apart; each with its entry. */
  private static final class Crowd {

    private final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    private boolean changed;
  }

  KeyBlocks(MapState<Integer, byte[]> map) {
    this.map = map;
  }

  /** The block in which a key is, if it is there. */
  byte @Nullable [] block(KeyTable.Entry key) throws IOException {
    Crowd crowd = crowds.get(key.hash());
    if (crowd == null) {
      byte[] block = map.get(key.hash()).read();
      if (block == null || !isCrowd(block)) {
        return block;
      }
      crowd = takenApart(block);
      crowds.put(key.hash(), crowd);
    }
    return crowd.entries.get(key.keyBytes());
  }

  private static boolean isCrowd(byte[] block) throws IOException {
    BlockReader reader = new BlockReader(block);
    for (int keys = 0; reader.next(); keys++) {
      if (keys == MOST_KEYS) {
        return true;
      }
    }
    return false;
  }

  private static Crowd takenApart(byte[] block) throws IOException {
    Crowd crowd = new Crowd();
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      int from = reader.keyOffset();
      crowd.entries.put(
          Arrays.copyOfRange(block, from, from + reader.keyLength()), reader.alone().block());
    }
    return crowd;
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
    Crowd crowd = crowds.get(key.hash());
    if (crowd != null) {
      crowd.changed = true;
      if (body == null) {
        crowd.entries.remove(key.keyBytes());
      } else {
        BlockWriter alone = new BlockWriter();
        key.write(alone, 0, body);
        crowd.entries.put(key.keyBytes(), alone.toBytes());
      }
      return;
    }
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

  /** Writes the blocks that were taken apart; to be called before anyone else reads the map. */
  void flush() throws IOException {
    for (Map.Entry<Integer, Crowd> of : crowds.entrySet()) {
      if (!of.getValue().changed) {
        continue;
      }
      BlockWriter writer = new BlockWriter();
      for (byte[] entry : of.getValue().entries.values()) {
        BlockReader reader = new BlockReader(entry);
        reader.next();
        writer.copy(reader);
      }
      if (writer.size() > 0) {
        map.put(of.getKey(), writer.toBytes());
      } else {
        map.remove(of.getKey());
      }
    }
    crowds.clear();
  }
}
