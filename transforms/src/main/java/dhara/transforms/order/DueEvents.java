package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Events of a shard by key, and keys that are to be woken. */
final class DueEvents<E extends Event, O> {

  /**
   * An event that waited.
   *
   * @param given its outputs at arrival; null if none were asked for
   */
  record Due<E extends Event, O>(E event, @Nullable List<O> given) {}

  /** A key with its events. */
  static final class Key<E extends Event, O> extends KeyTable.Entry {

    private final List<Due<E, O>> events = new ArrayList<>(2);

    Key(BlockReader reader, int hash) {
      super(reader, hash);
    }

    /** The events in order. */
    List<Due<E, O>> inOrder() {
      if (events.size() > 1) {
        events.sort(Comparator.comparing(Due::event, Fold.ORDER));
      }
      return events;
    }
  }

  private final Coder<E> events;
  private final Coder<O> outputs;
  private final KeyTable<Key<E, O>> keys = new KeyTable<>();

  DueEvents(Coder<E> events, Coder<O> outputs) {
    this.events = events;
    this.outputs = outputs;
  }

  /** Adds the key of an entry. */
  Key<E, O> add(BlockReader entry) {
    int hash = entry.keyHash();
    int slot = keys.slot(entry, hash);
    Key<E, O> key = keys.at(slot);
    if (key == null) {
      key = new Key<>(entry, hash);
      keys.put(slot, key);
    }
    return key;
  }

  /** Adds the event of an entry. */
  void addEvent(BlockReader entry) throws IOException {
    add(entry).events.add(read(entry, events, outputs));
  }

  /** The keys. */
  Iterable<Key<E, O>> keys() {
    return keys;
  }

  /** The event of an entry. */
  static <E extends Event, O> Due<E, O> read(BlockReader entry, Coder<E> events, Coder<O> outputs)
      throws IOException {
    RecordInput in = entry.sumBytes();
    E event = events.decode(in);
    if (in.available() == 0) {
      return new Due<>(event, null);
    }
    long size = in.readVarint();
    if (size < 0) {
      throw new CoderException("an event has no " + size + " outputs");
    }
    List<O> given = new ArrayList<>((int) Math.min(size, in.available()));
    for (long i = 0; i < size; i++) {
      given.add(outputs.decode(in));
    }
    return new Due<>(event, given);
  }

  /** Writes an event with its outputs. */
  static <E extends Event, O> void write(
      E event, List<O> given, RecordOutput out, Coder<E> events, Coder<O> outputs)
      throws IOException {
    events.encode(event, out);
    out.writeVarint(given.size());
    for (O output : given) {
      outputs.encode(output, out);
    }
  }
}
