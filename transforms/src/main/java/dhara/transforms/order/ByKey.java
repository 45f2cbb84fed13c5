package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.ShardBlocks;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * Adds events to blocks by their key, which is the key of their entry. It belongs to one thread.
 */
public final class ByKey<E extends Event, K> implements BlockFn.Placer<E> {

  private final SerializableFunction<E, K> key;
  private final Coder<K> keys;
  private final RecordOutput bytes = new RecordOutput(64);

  public ByKey(SerializableFunction<E, K> key, Coder<K> keys) {
    this.key = key;
    this.keys = keys;
  }

  @Override
  public void place(E event, long atMillis, TimedBlocks<E> blocks) throws IOException {
    bytes.cutTo(0);
    keys.encode(key.apply(event), bytes);
    int hash = BlockReader.hash(bytes.bytes(), 0, bytes.size());
    int shard = ShardBlocks.shard(hash, blocks.shards());
    blocks.add(shard, bytes.bytes(), bytes.size(), event.at().toEpochMilli(), event);
  }
}
