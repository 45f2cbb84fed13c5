package dhara.connectors.reading;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.joda.time.Instant;

/**
 * Several elements of a source as one, each with its own time, in the order in which they were
 * read. The chunk's own time is the earliest of theirs, so that its elements can be output one by
 * one with their times.
 */
public final class Chunk<T> {

  private final List<T> elements;
  private final long[] millis;
  private final long earliest;

  private Chunk(List<T> elements, long[] millis) {
    this.elements = elements;
    this.millis = millis;
    this.earliest = Arrays.stream(millis).min().orElseThrow();
  }

  /** The number of elements, at least one. */
  public int size() {
    return millis.length;
  }

  /** An element by index, from 0. */
  public T element(int index) {
    return elements.get(index);
  }

  /** The time of an element. */
  public Instant at(int index) {
    return Instant.ofEpochMilli(millis[index]);
  }

  /** The earliest time of an element. */
  public Instant earliest() {
    return Instant.ofEpochMilli(earliest);
  }

  /** Gathers the elements of one chunk. */
  static final class Gathering<T> {

    private final List<T> elements;
    private final long[] millis;

    Gathering(int most) {
      this.elements = new ArrayList<>(most);
      this.millis = new long[most];
    }

    void add(T element, Instant at) {
      millis[elements.size()] = at.getMillis();
      elements.add(element);
    }

    int size() {
      return elements.size();
    }

    Chunk<T> chunk() {
      return new Chunk<>(elements, Arrays.copyOf(millis, elements.size()));
    }
  }

  /** Encodes chunks: the number of elements, then the time and the bytes of each. */
  static final class ChunkCoder<T> extends StructuredCoder<Chunk<T>> {

    private static final long serialVersionUID = 1L;

    private final Coder<T> elements;

    ChunkCoder(Coder<T> elements) {
      this.elements = elements;
    }

    @Override
    public void encode(Chunk<T> chunk, OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(chunk.size());
      for (int i = 0; i < chunk.size(); i++) {
        data.writeLong(chunk.millis[i]);
        elements.encode(chunk.element(i), out);
      }
    }

    @Override
    public Chunk<T> decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      int size = data.readInt();
      List<T> decoded = new ArrayList<>(size);
      long[] millis = new long[size];
      for (int i = 0; i < size; i++) {
        millis[i] = data.readLong();
        decoded.add(elements.decode(in));
      }
      return new Chunk<>(decoded, millis);
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(elements);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      verifyDeterministic(this, "elements must encode deterministically", elements);
    }
  }
}
