package dhara.transforms.aggregate;

import dhara.transforms.backfill.PartedMerge;
import dhara.transforms.backfill.Room;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;

/** The sessions of a shard of a backfill, by key, in a table of bounded size. */
final class MergedSessions<AccT> implements PartedMerge.Table {

  /** The memory of a session and of its key beyond their bytes. */
  private static final int SESSION_BYTES = 200;

  /** Takes a merged session. */
  @FunctionalInterface
  interface MergedSessionTaker<AccT> {
    void take(SessionTable<AccT> table, KeyTable.Entry key, Session<SessionTable.Sum<AccT>> session)
        throws IOException;
  }

  private final SessionTable<AccT> table;
  private final Room room;
  private final MergedSessionTaker<AccT> taker;

  /**
   * Sessions of a shard.
   *
   * @param table an empty table
   * @param room its memory; closed with it
   * @param taker takes all sessions at the end
   */
  MergedSessions(SessionTable<AccT> table, Room room, MergedSessionTaker<AccT> taker) {
    this.table = table;
    this.room = room;
    this.taker = taker;
  }

  /** All parts of a key's sessions stay in one table, because any two may belong together. */
  @Override
  public boolean add(BlockReader entry) throws IOException {
    long bytes = (long) SESSION_BYTES + entry.keyLength() + entry.sumLength();
    if (!room.take(bytes)) {
      if (table.size() > 0 && !table.holds(entry)) {
        return false;
      }
      room.force(bytes);
    }
    table.add(entry.alone());
    return true;
  }

  @Override
  public void give() throws IOException {
    table.merge().forEach((key, session) -> taker.take(table, key, session));
  }

  @Override
  public void close() {
    room.close();
  }
}
