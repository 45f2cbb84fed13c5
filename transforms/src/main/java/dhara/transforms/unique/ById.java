package dhara.transforms.unique;

import dhara.events.Event;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;

/**
 * Adds events to blocks by the hash of their id, which is the key of their entry. It belongs to one
 * thread.
 */
final class ById<T extends Event> implements BlockFn.Placer<T> {

  private final IdHash ids;
  private final byte[] hash = new byte[IdHash.BYTES];

  ById(IdHash ids) {
    this.ids = ids;
  }

  @Override
  public void place(T event, long atMillis, TimedBlocks<T> blocks) throws IOException {
    ids.write(event.id(), hash);
    blocks.add(IdHash.shard(hash, blocks.shards()), hash, hash.length, atMillis, event);
  }
}
