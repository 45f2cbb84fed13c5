package dhara.records;

import com.google.auto.service.AutoService;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviderRegistrar;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The coder of a record, with its schema, as fast as a hand-written one. Beam infers it for every
 * record; no registration is needed.
 *
 * <pre>{@code
 * PCollection<Trade> trades = lines.apply(ParDo.of(new ParseFn()));   // RecordCoder, hasSchema()
 * trades.apply(Select.fieldNames("symbol", "size"));
 * }</pre>
 *
 * <p><b>Components</b> may be primitives, their boxes, {@code String}, enums, {@code Instant},
 * {@code LocalDate}, {@code Duration}, {@code BigDecimal}, {@code byte[]}, other records, classes
 * with a {@link ByteForm}, and {@code List}, {@code Map} and {@code Optional} of these. A value
 * that is not {@code Optional} or annotated with some {@code @Nullable} (also within {@code <>})
 * must not be null: {@link #encode} throws and names the component.
 *
 * <p><b>Bytes:</b> the length of the rest as a varint, then the components in order. Whole numbers
 * are zigzag varints, floating-point numbers four or eight bytes, strings UTF-8 with their length
 * (with {@code ?} for a surrogate without its pair, as Beam's own coder writes it), instants and
 * durations seconds and nanoseconds, dates the epoch day, decimals scale and unscaled value, enums
 * their name, byte forms and byte arrays their length first. An optional value has a byte of 0 or 1
 * before it; a list or map its size; a nested record its length.
 *
 * <p><b>Compatible changes</b>, after which old bytes can still be read, in nested records too: a
 * component that is {@code @Nullable} or {@code Optional} may be added at the end, and is null or
 * empty in old bytes; enum constants may be added or reordered; components may be renamed, and
 * {@code @Nullable} exchanged with {@code Optional}. No other change of type, order or number is
 * compatible. Bytes with more components than the record has are refused.
 *
 * <p><b>Determinism:</b> the encoding is deterministic, and suitable for keys, unless it contains a
 * floating-point number. Maps are written in the order of their keys' bytes. A {@link ByteForm}
 * class guarantees itself that equal values have equal bytes.
 *
 * @param <T> the record
 */
public final class RecordCoder<T extends Record> extends SchemaCoder<T> {

  private final transient RecordShape<T> shape;
  private final transient RecordCodec codec;

  private RecordCoder(RecordShape<T> shape) {
    super(
        shape.schema(),
        shape.descriptor(),
        new RecordSchemas.ToRow<>(shape),
        new RecordSchemas.FromRow<>(shape));
    this.shape = shape;
    this.codec = shape.codec();
  }

  /**
   * The coder of a record class.
   *
   * @throws IllegalArgumentException if a type is not supported; it names record, component and
   *     type
   */
  public static <T extends Record> RecordCoder<T> of(Class<T> type) {
    return of(TypeDescriptor.of(type));
  }

  /**
   * The coder of a record that may have type parameters, with their arguments: {@code new
   * TypeDescriptor<Answer<Symbol, Bar>>() {}}. Arguments may be any component type.
   *
   * @throws IllegalArgumentException if a type is not supported; it names record, component and
   *     type
   */
  public static <T extends Record> RecordCoder<T> of(TypeDescriptor<T> type) {
    return new RecordCoder<>(RecordShape.of(type));
  }

  /**
   * Writes a record; into a {@link RecordOutput} in place.
   *
   * @throws CoderException if a component is null and must not be; it names the component
   */
  @Override
  public void encode(T value, OutputStream out) throws IOException {
    if (out instanceof RecordOutput direct) {
      write(value, direct);
      return;
    }
    RecordOutput body = RecordOutput.take();
    write(value, body);
    out.write(body.bytes(), 0, body.size());
    body.release();
  }

  private void write(@Nullable T value, RecordOutput out) throws CoderException {
    if (value == null) {
      throw new CoderException("cannot encode a null " + shape.type().getName());
    }
    int start = out.begin();
    try {
      codec.write(value, out);
    } catch (NullPointerException e) {
      out.cutTo(start);
      // Searched only after the failure, so that records without nulls do not pay for it.
      String path = shape.findNull("", value);
      if (path == null) {
        throw e;
      }
      throw new CoderException(shape.nullMessage(path), e);
    }
    out.end(start);
  }

  /**
   * Reads a record; from a {@link RecordInput} in place.
   *
   * @throws EOFException if a stream ends early, or there are no more bytes
   * @throws CoderException if the bytes are not such a record
   */
  @Override
  public T decode(InputStream in) throws IOException {
    if (in instanceof RecordInput direct) {
      if (direct.atEnd()) {
        throw new EOFException("the bytes end before a record");
      }
      int outer = direct.enter();
      T value = read(direct);
      direct.leave(outer);
      return value;
    }
    RecordInput body = RecordInput.take(in);
    T value = read(body);
    body.release();
    return value;
  }

  /**
   * Reads a record from the start of one that has more components behind the same ones. What is
   * left of that one stays in {@code in}.
   *
   * @throws EOFException if there are no more bytes
   * @throws CoderException if the bytes do not start with such components
   */
  public T decodeStart(RecordInput in) throws IOException {
    if (in.atEnd()) {
      throw new EOFException("the bytes end before a record");
    }
    int outer = in.enter();
    T value = components(in);
    in.leave(outer);
    return value;
  }

  private T read(RecordInput body) throws CoderException {
    T value = components(body);
    try {
      body.expectEnd(shape.type());
    } catch (CoderException e) {
      throw refused(e);
    }
    return value;
  }

  @SuppressWarnings("unchecked") // the codec creates only this record
  private T components(RecordInput body) throws CoderException {
    try {
      return (T) codec.read(body);
    } catch (CoderException | RuntimeException e) {
      // Bytes of something else, or values that the record's constructor refuses.
      throw refused(e);
    }
  }

  private CoderException refused(Exception e) {
    return new CoderException("no " + shape.type().getName() + ": " + e.getMessage(), e);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    List<String> reasons = new ArrayList<>();
    shape.findNonDeterministic("", reason -> reasons.add(shape.type().getName() + "." + reason));
    if (!reasons.isEmpty()) {
      throw new NonDeterministicException(this, reasons);
    }
  }

  /**
   * Whether records with equal bytes are equal: not if a component, however deep, is an array or a
   * floating-point number, or a record has its own {@code equals}.
   */
  @Override
  public boolean consistentWithEquals() {
    return shape.consistentWithEquals();
  }

  @Override
  protected long getEncodedElementByteSize(T value) throws CoderException {
    RecordOutput body = RecordOutput.take();
    write(value, body);
    int size = body.size();
    body.release();
    return size;
  }

  /** Coders of one record are equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordCoder<?> that
        && shape.descriptor().equals(that.shape.descriptor());
  }

  @Override
  public int hashCode() {
    return shape.descriptor().hashCode();
  }

  @Override
  public String toString() {
    return "RecordCoder(" + shape.descriptor() + ")";
  }

  /** Serializes only the type; everything else is recreated after deserialization. */
  private Object writeReplace() {
    return new Travelling<>(shape.descriptor());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a RecordCoder travels as its record's type");
  }

  private record Travelling<T extends Record>(TypeDescriptor<T> type) implements Serializable {
    private Object readResolve() {
      return of(type);
    }
  }

  /** Makes Beam infer this coder for records. */
  @AutoService(CoderProviderRegistrar.class)
  public static final class Registrar implements CoderProviderRegistrar {
    @Override
    public List<CoderProvider> getCoderProviders() {
      return List.of(new Provider());
    }
  }

  private static final class Provider extends CoderProvider {
    @Override
    @SuppressWarnings("unchecked") // checked: T is a record
    public <T> Coder<T> coderFor(TypeDescriptor<T> type, List<? extends Coder<?>> componentCoders)
        throws CannotProvideCoderException {
      if (!type.getRawType().isRecord()) {
        throw new CannotProvideCoderException(type + " is no record");
      }
      try {
        return (Coder<T>) of((TypeDescriptor<? extends Record>) type);
      } catch (IllegalArgumentException e) {
        throw new CannotProvideCoderException(e.getMessage(), e);
      }
    }
  }
}
