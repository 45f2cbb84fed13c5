package dhara.records;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Component types that consist of others. */
final class Containers {

  private Containers() {}

  /**
   * An enum, encoded by constant name, because an ordinal would silently mean another constant
   * after one is added in the middle. In rows it is a string, for the same reason (Beam's
   * enumeration type numbers its values, and a new constant changes the type) and because SQL and
   * every sink can read it.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; the JIT trusts fields of records only
  record EnumOf(Class<?> type, Object[] constants, byte[][] names) implements ComponentType {

    static EnumOf of(Class<?> type) {
      Object[] constants = type.getEnumConstants();
      byte[][] names = new byte[constants.length][];
      for (int i = 0; i < names.length; i++) {
        names[i] = ((Enum<?>) constants[i]).name().getBytes(StandardCharsets.UTF_8);
      }
      return new EnumOf(type, constants, names);
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // an index into this class's arrays, never written
    public void write(Object value, RecordOutput out) {
      out.putBytes(names[((Enum<?>) value).ordinal()]);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      int index = in.getIndexIn(names);
      if (index < 0) {
        throw new CoderException(
            type.getName() + " has no constant " + in.getString() + "; it was renamed or removed");
      }
      return constants[index];
    }

    @Override
    public FieldType fieldType() {
      return FieldType.STRING;
    }

    @Override
    public Object toRow(Object value) {
      return ((Enum<?>) value).name();
    }

    @Override
    public Object fromRow(Object value) {
      for (Object constant : constants) {
        if (((Enum<?>) constant).name().equals(value)) {
          return constant;
        }
      }
      throw new IllegalArgumentException(
          type.getName() + " has no constant " + value + "; it has " + Arrays.toString(constants));
    }

    @Override
    public boolean sameInRow() {
      return false;
    }

    @Override
    public boolean consistentWithEquals() {
      return true;
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {}

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      return value == null ? path : null;
    }
  }

  /** A nested record, preceded by its length, so that it may get new components like any record. */
  record RecordOf(RecordShape<?> shape, RecordCodec codec) implements ComponentType {

    @Override
    public void write(Object value, RecordOutput out) throws CoderException {
      int start = out.begin();
      codec.write(value, out);
      out.end(start);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      int outer = in.enter();
      Object value = codec.read(in);
      in.expectEnd(shape.type());
      in.leave(outer);
      return value;
    }

    @Override
    public FieldType fieldType() {
      return FieldType.row(shape.schema());
    }

    @Override
    public Object toRow(Object value) {
      return shape.toRow(value);
    }

    @Override
    public Object fromRow(Object value) {
      return shape.fromRow((Row) value);
    }

    @Override
    public boolean sameInRow() {
      return false;
    }

    @Override
    public boolean consistentWithEquals() {
      return shape.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      shape.findNonDeterministic(path, found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      return value == null ? path : shape.findNull(path, value);
    }
  }

  /** A list; the decoded list is immutable. */
  record ListOf(ComponentType element) implements ComponentType {

    @Override
    public void write(Object value, RecordOutput out) throws CoderException {
      List<?> list = (List<?>) value;
      out.putCount(list.size());
      for (Object each : list) {
        element.write(each, out);
      }
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      Object[] elements = new Object[in.getLength()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = element.read(in);
      }
      return Collections.unmodifiableList(Arrays.asList(elements));
    }

    @Override
    public FieldType fieldType() {
      return FieldType.array(element.fieldType());
    }

    @Override
    public Object toRow(Object value) {
      if (element.sameInRow()) {
        return value;
      }
      List<Object> values = new ArrayList<>();
      for (Object each : (List<?>) value) {
        values.add(element.toRow(each));
      }
      return values;
    }

    @Override
    public Object fromRow(Object value) {
      List<Object> values = new ArrayList<>();
      for (Object each : (Iterable<?>) value) {
        values.add(element.fromRow(each));
      }
      return Collections.unmodifiableList(values);
    }

    @Override
    public boolean sameInRow() {
      return element.sameInRow();
    }

    @Override
    public boolean consistentWithEquals() {
      return element.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      element.findNonDeterministic(path + "[]", found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      if (value == null) {
        return path;
      }
      int index = 0;
      for (Object each : (List<?>) value) {
        String found = element.findNull(path + "[" + index++ + "]", each);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  /**
   * A map, with its entries in the order of their keys' bytes, so that equal maps have equal bytes,
   * whatever their iteration order. The decoded map is immutable and iterates in that order.
   */
  record MapOf(ComponentType key, ComponentType value) implements ComponentType {

    @SuppressWarnings("ArrayRecordComponent") // compared only by the comparator
    private record Entry(byte[] key, byte[] value) {}

    @Override
    public void write(Object map, RecordOutput out) throws CoderException {
      Map<?, ?> entries = (Map<?, ?>) map;
      out.putCount(entries.size());
      if (entries.size() < 2) {
        for (Map.Entry<?, ?> each : entries.entrySet()) {
          key.write(each.getKey(), out);
          value.write(each.getValue(), out);
        }
        return;
      }
      Entry[] sorted = new Entry[entries.size()];
      int count = 0;
      for (Map.Entry<?, ?> each : entries.entrySet()) {
        int start = out.size();
        key.write(each.getKey(), out);
        byte[] keyBytes = out.takeFrom(start);
        value.write(each.getValue(), out);
        sorted[count++] = new Entry(keyBytes, out.takeFrom(start));
      }
      Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(a.key, b.key));
      for (Entry each : sorted) {
        out.putRaw(each.key);
        out.putRaw(each.value);
      }
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      int size = in.getLength();
      Map<Object, Object> entries = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        Object readKey = key.read(in);
        entries.put(readKey, value.read(in));
      }
      if (entries.size() != size) {
        throw new CoderException("a map of " + size + " entries has a key twice");
      }
      return Collections.unmodifiableMap(entries);
    }

    @Override
    public FieldType fieldType() {
      return FieldType.map(key.fieldType(), value.fieldType());
    }

    @Override
    public Object toRow(Object map) {
      if (sameInRow()) {
        return map;
      }
      Map<Object, Object> entries = new LinkedHashMap<>();
      ((Map<?, ?>) map).forEach((k, v) -> entries.put(key.toRow(k), value.toRow(v)));
      return entries;
    }

    @Override
    public Object fromRow(Object map) {
      Map<Object, Object> entries = new LinkedHashMap<>();
      ((Map<?, ?>) map).forEach((k, v) -> entries.put(key.fromRow(k), value.fromRow(v)));
      return Collections.unmodifiableMap(entries);
    }

    @Override
    public boolean sameInRow() {
      return key.sameInRow() && value.sameInRow();
    }

    @Override
    public boolean consistentWithEquals() {
      return key.consistentWithEquals() && value.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      key.findNonDeterministic(path + "{key}", found);
      value.findNonDeterministic(path + "{value}", found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object map) {
      if (map == null) {
        return path;
      }
      for (Map.Entry<?, ?> each : ((Map<?, ?>) map).entrySet()) {
        String found = key.findNull(path + "{key}", each.getKey());
        if (found == null) {
          found = value.findNull(path + "{" + each.getKey() + "}", each.getValue());
        }
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  /** A nullable value: a byte tells whether it is present. */
  record NullableOf(ComponentType present) implements ComponentType {

    @Override
    public void write(@Nullable Object value, RecordOutput out) throws CoderException {
      out.putBoolean(value != null);
      if (value != null) {
        present.write(value, out);
      }
    }

    @Override
    public @Nullable Object read(RecordInput in) throws CoderException {
      return in.getBoolean() ? present.read(in) : null;
    }

    @Override
    public FieldType fieldType() {
      return present.fieldType().withNullable(true);
    }

    @Override
    public @Nullable Object toRow(@Nullable Object value) {
      return value == null ? null : present.toRow(value);
    }

    @Override
    public @Nullable Object fromRow(@Nullable Object value) {
      return value == null ? null : present.fromRow(value);
    }

    @Override
    public boolean sameInRow() {
      return present.sameInRow();
    }

    @Override
    public boolean consistentWithEquals() {
      return present.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      present.findNonDeterministic(path, found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      return value == null ? null : present.findNull(path, value);
    }
  }

  /** An Optional, with the same bytes and field as the nullable type. */
  record OptionalOf(NullableOf nullable) implements ComponentType {

    @Override
    public void write(Object value, RecordOutput out) throws CoderException {
      nullable.write(((Optional<?>) value).orElse(null), out);
    }

    @Override
    public Object read(RecordInput in) throws CoderException {
      return Optional.ofNullable(nullable.read(in));
    }

    @Override
    public FieldType fieldType() {
      return nullable.fieldType();
    }

    @Override
    public @Nullable Object toRow(Object value) {
      return nullable.toRow(((Optional<?>) value).orElse(null));
    }

    @Override
    public Object fromRow(@Nullable Object value) {
      return Optional.ofNullable(nullable.fromRow(value));
    }

    @Override
    public boolean sameInRow() {
      return false;
    }

    @Override
    public boolean consistentWithEquals() {
      return nullable.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      nullable.findNonDeterministic(path, found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      return value == null ? path : nullable.findNull(path, ((Optional<?>) value).orElse(null));
    }
  }

  /**
   * A trailing optional component: bytes that were written before the record had it lack it, and
   * then it is null or empty.
   */
  record TrailingOf(ComponentType type, @Nullable Object absent) implements ComponentType {

    @Override
    public void write(Object value, RecordOutput out) throws CoderException {
      type.write(value, out);
    }

    @Override
    public @Nullable Object read(RecordInput in) throws CoderException {
      return in.atEnd() ? absent : type.read(in);
    }

    @Override
    public FieldType fieldType() {
      return type.fieldType();
    }

    @Override
    public Object toRow(Object value) {
      return type.toRow(value);
    }

    @Override
    public Object fromRow(Object value) {
      return type.fromRow(value);
    }

    @Override
    public boolean sameInRow() {
      return type.sameInRow();
    }

    @Override
    public boolean consistentWithEquals() {
      return type.consistentWithEquals();
    }

    @Override
    public void findNonDeterministic(String path, Consumer<String> found) {
      type.findNonDeterministic(path, found);
    }

    @Override
    public @Nullable String findNull(String path, @Nullable Object value) {
      return type.findNull(path, value);
    }
  }
}
