package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/**
 * What an interval join remembers of a key.
 *
 * @param lefts events of the left side that can still find a match
 * @param rights events of the right side that later events of the left side can still match
 */
record Pending<L extends Event, R extends Event>(HeldEvents<L> lefts, HeldEvents<R> rights) {

  boolean isEmpty() {
    return lefts.isEmpty() && rights.isEmpty();
  }

  /** The coder of what is remembered, by the coders of events. */
  static final class PendingCoder<L extends Event, R extends Event>
      extends StructuredCoder<Pending<L, R>> {

    private static final long serialVersionUID = 1L;

    private final Coder<L> lefts;
    private final Coder<R> rights;

    PendingCoder(Coder<L> lefts, Coder<R> rights) {
      this.lefts = lefts;
      this.rights = rights;
    }

    /** Nothing. */
    Pending<L, R> none() {
      return new Pending<>(new HeldEvents<>(lefts), new HeldEvents<>(rights));
    }

    @Override
    public void encode(Pending<L, R> pending, OutputStream out) throws IOException {
      if (out instanceof RecordOutput block) {
        int start = block.begin();
        write(pending, block);
        block.end(start);
        return;
      }
      RecordOutput alone = new RecordOutput(256);
      write(pending, alone);
      VarIntCoder.of().encode(alone.size(), out);
      out.write(alone.bytes(), 0, alone.size());
    }

    private static <L extends Event, R extends Event> void write(
        Pending<L, R> pending, RecordOutput out) throws IOException {
      pending.lefts.write(out);
      pending.rights.write(out);
    }

    /** Events stay encoded, in a copy of their bytes. */
    @Override
    public Pending<L, R> decode(InputStream in) throws IOException {
      byte[] bytes = RecordInput.readBytes(in);
      Pending<L, R> pending = none();
      RecordInput events = new RecordInput(bytes, 0, bytes.length);
      pending.lefts.read(events, bytes);
      pending.rights.read(events, bytes);
      return pending;
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(lefts, rights);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      lefts.verifyDeterministic();
      rights.verifyDeterministic();
    }
  }
}
