package dhara.transforms.order;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.util.VarInt;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A large map in the state of a {@link Fold}, of which each event uses a few entries.
 *
 * <p>The state of a key is read and written once per firing of a shard, and for provisional answers
 * once per event. To decode and encode 100,000 entries each time takes tens of milliseconds. This
 * map has 256 parts by the hashes of keys, and decodes a part when it is used for the first time;
 * the others stay bytes, and are copied. It also knows the earliest time of its entries, if they
 * have one, without decoding them.
 *
 * <pre>{@code
 * PartedMap.Form<Order> orders = PartedMap.form(RecordCoder.of(Order.class)).due(Order::expires);
 * }</pre>
 *
 * @param <V> the values; an entry is changed by {@link #put}, and not within
 */
public final class PartedMap<V> {

  private static final int PARTS = 256;

  private final Form<V> form;
  private final List<@Nullable Part<V>> parts;

  // Asked for after each event, so it is looked for only when the earliest entry has gone.
  private @Nullable Instant earliest;
  private boolean earliestKnown;

  private PartedMap(Form<V> form) {
    this.form = form;
    this.parts = new ArrayList<>(PARTS);
    for (int i = 0; i < PARTS; i++) {
      parts.add(null);
    }
  }

  /** The form of maps from texts to values with this coder. */
  public static <V> Form<V> form(Coder<V> values) {
    return new Form<>(values, value -> null);
  }

  /** The value of a key; null if it is not there. */
  public @Nullable V get(String key) {
    Part<V> part = parts.get(index(key));
    return part == null ? null : part.entries(form).get(key);
  }

  /** Replaces the value of a key. */
  public void put(String key, V value) {
    int index = index(key);
    Part<V> part = parts.get(index);
    if (part == null) {
      part = new Part<>();
      parts.set(index, part);
    }
    Instant before = part.earliest;
    part.put(form, key, value);
    changed(before, part.earliest);
  }

  /** Removes a key, if it is there. */
  public void remove(String key) {
    int index = index(key);
    Part<V> part = parts.get(index);
    if (part != null) {
      Instant before = part.earliest;
      if (part.remove(form, key)) {
        parts.set(index, null);
      }
      changed(before, part.earliest);
    }
  }

  /**
   * Removes the entries with these values in the part that a key belongs to, if it has doubled
   * since it was last cleared: so a map is cleared of entries that no one asks for, and that costs
   * no more than to put them.
   */
  public void removeBeside(String key, Predicate<V> gone) {
    int index = index(key);
    Part<V> part = parts.get(index);
    if (part != null) {
      Instant before = part.earliest;
      if (part.clear(form, gone)) {
        parts.set(index, null);
      }
      changed(before, part.earliest);
    }
  }

  /** Whether it has no entry. */
  public boolean isEmpty() {
    return parts.stream().allMatch(part -> part == null);
  }

  /** The earliest time of its entries; null if none has one. */
  public @Nullable Instant earliest() {
    if (!earliestKnown) {
      earliest = null;
      for (Part<V> part : parts) {
        if (part != null) {
          earliest = earlier(earliest, part.earliest);
        }
      }
      earliestKnown = true;
    }
    return earliest;
  }

  /** The earliest time of a part has changed, perhaps. */
  private void changed(@Nullable Instant before, @Nullable Instant now) {
    if (now != null && (earliest == null || now.isBefore(earliest))) {
      earliest = now;
    } else if (before != null && before.equals(earliest) && !before.equals(now)) {
      earliestKnown = false;
    }
  }

  /** The entries whose time is not after a moment; a new list in no order. */
  public List<Map.Entry<String, V>> dueUntil(Instant moment) {
    List<Map.Entry<String, V>> due = new ArrayList<>();
    for (Part<V> part : parts) {
      if (part != null && part.earliest != null && !part.earliest.isAfter(moment)) {
        part.entries(form)
            .forEach(
                (key, value) -> {
                  Instant at = form.due.apply(value);
                  if (at != null && !at.isAfter(moment)) {
                    due.add(Map.entry(key, value));
                  }
                });
      }
    }
    return due;
  }

  private static int index(String key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return hash >>> 24;
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }

  /** A part, which has entries: as bytes until it is used, and as a map from then on. */
  private static final class Part<V> {

    private byte @Nullable [] bytes;
    private @Nullable Map<String, V> entries;
    private @Nullable Instant earliest;

    /** How many entries there were after it was last cleared. */
    private int kept;

    Map<String, V> entries(Form<V> form) {
      if (entries == null) {
        entries = bytes == null ? new HashMap<>() : form.read(bytes);
      }
      return entries;
    }

    void put(Form<V> form, String key, V value) {
      V before = entries(form).put(key, value);
      bytes = null;
      if (isEarliest(form, before)) {
        lookForEarliest(form);
      } else {
        earliest = earlier(earliest, form.due.apply(value));
      }
    }

    /** Removes an entry, and returns whether none is left. */
    boolean remove(Form<V> form, String key) {
      V before = entries(form).remove(key);
      if (before != null) {
        bytes = null;
        if (isEarliest(form, before)) {
          lookForEarliest(form);
        }
      }
      return entries.isEmpty();
    }

    /** Removes entries if there are many, and returns whether none is left. */
    boolean clear(Form<V> form, Predicate<V> gone) {
      Map<String, V> all = entries(form);
      if (all.size() > 2 * kept) {
        if (all.values().removeIf(gone)) {
          bytes = null;
          lookForEarliest(form);
        }
        kept = all.size();
      }
      return all.isEmpty();
    }

    private boolean isEarliest(Form<V> form, @Nullable V value) {
      return value != null && earliest != null && earliest.equals(form.due.apply(value));
    }

    private void lookForEarliest(Form<V> form) {
      earliest = null;
      for (V value : entries.values()) {
        earliest = earlier(earliest, form.due.apply(value));
      }
    }
  }

  /**
   * The coder of such maps: the number of parts, and of each its index, its earliest time, and its
   * entries in bytes.
   */
  public static final class Form<V> extends StructuredCoder<PartedMap<V>> {

    private static final long serialVersionUID = 1L;

    /** About the bytes of an entry. */
    private static final int ROOM = 32;

    private final Coder<V> values;
    private final SerializableFunction<V, @Nullable Instant> due;

    private Form(Coder<V> values, SerializableFunction<V, @Nullable Instant> due) {
      this.values = values;
      this.due = due;
    }

    /**
     * The same for values that have a time.
     *
     * @param newDue the time of a value; null if it has none
     */
    public Form<V> due(SerializableFunction<V, @Nullable Instant> newDue) {
      return new Form<>(values, newDue);
    }

    /** A new map without entries. */
    public PartedMap<V> empty() {
      return new PartedMap<>(this);
    }

    @Override
    public void encode(PartedMap<V> map, OutputStream out) throws IOException {
      VarInt.encode((int) map.parts.stream().filter(part -> part != null).count(), out);
      for (int i = 0; i < PARTS; i++) {
        Part<V> part = map.parts.get(i);
        if (part != null) {
          out.write(i);
          writeTime(part.earliest, out);
          if (part.bytes == null) {
            part.bytes = bytes(part.entries);
          }
          VarInt.encode(part.bytes.length, out);
          out.write(part.bytes);
        }
      }
    }

    private byte[] bytes(Map<String, V> entries) throws IOException {
      RecordOutput bytes = new RecordOutput(ROOM * entries.size());
      VarInt.encode(entries.size(), bytes);
      for (Map.Entry<String, V> entry : entries.entrySet()) {
        StringUtf8Coder.of().encode(entry.getKey(), bytes);
        values.encode(entry.getValue(), bytes);
      }
      return Arrays.copyOf(bytes.bytes(), bytes.size());
    }

    @Override
    public PartedMap<V> decode(InputStream in) throws IOException {
      PartedMap<V> map = empty();
      for (int left = VarInt.decodeInt(in); left > 0; left--) {
        int index = in.read();
        if (index < 0 || index >= PARTS) {
          throw new CoderException("a map has no part " + index);
        }
        Part<V> part = new Part<>();
        part.earliest = readTime(in);
        part.bytes = RecordInput.readBytes(in);
        map.parts.set(index, part);
      }
      return map;
    }

    private Map<String, V> read(byte[] bytes) {
      try {
        RecordInput in = new RecordInput(bytes, 0, bytes.length);
        int size = VarInt.decodeInt(in);
        if (size < 0 || size > in.available()) {
          throw new CoderException("it has no " + size + " entries");
        }
        Map<String, V> entries = new HashMap<>(2 * size);
        for (int i = 0; i < size; i++) {
          String key = RecordInput.readText(in);
          entries.put(key, values.decode(in));
        }
        return entries;
      } catch (IOException e) {
        throw new UncheckedIOException("a part of a map is no map: " + e.getMessage(), e);
      }
    }

    private static void writeTime(@Nullable Instant at, OutputStream out) throws IOException {
      out.write(at == null ? 0 : 1);
      if (at != null) {
        VarInt.encode(at.getEpochSecond(), out);
        VarInt.encode(at.getNano(), out);
      }
    }

    private static @Nullable Instant readTime(InputStream in) throws IOException {
      if (in.read() == 0) {
        return null;
      }
      long seconds = VarInt.decodeLong(in);
      return RecordInput.instant(seconds, VarInt.decodeInt(in));
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(values);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      throw new NonDeterministicException(this, "entries have no order; it is for states");
    }
  }
}
