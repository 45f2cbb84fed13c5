package dhara.transforms.order.pattern;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.util.VarInt;

/**
 * The coder of the partial matches of a key. Each event is written once, and each link of a chain
 * once, however many partial matches share them.
 *
 * <p>Bytes, numbers as varints: a fingerprint of the pattern; the events in order, each after its
 * distance in time to the one before; the links, each with the link before it, its step and its
 * event; the partial matches, each with its link, its state and its arms; the waiting matches, each
 * with its link and how long after its first event it was complete.
 */
final class PartialsCoder<E> extends StructuredCoder<Partials<E>> {

  private static final long serialVersionUID = 1L;

  private final Pattern<E> pattern;
  private final Coder<E> events;
  private transient Automaton<E> automaton;

  private PartialsCoder(Pattern<E> pattern, Coder<E> events) {
    this.pattern = pattern;
    this.events = events;
  }

  static <E> PartialsCoder<E> of(Pattern<E> pattern, Coder<E> events) {
    return new PartialsCoder<>(pattern, events);
  }

  private Automaton<E> automaton() {
    if (automaton == null) {
      automaton = Automaton.of(pattern);
    }
    return automaton;
  }

  @Override
  public void encode(Partials<E> partials, OutputStream out) throws IOException {
    VarInt.encode(automaton().fingerprint(), out);
    Chains<E> chains = new Chains<>(partials);
    VarInt.encode(chains.entries.size(), out);
    long before = 0;
    for (Taken.Entry<E> entry : chains.entries) {
      VarInt.encode(entry.atMicros() - before, out);
      before = entry.atMicros();
      events.encode(entry.event(), out);
    }
    VarInt.encode(chains.links.size(), out);
    for (Taken<E> link : chains.links) {
      VarInt.encode(link.before == null ? 0 : 1 + chains.index(link.before), out);
      VarInt.encode(link.step, out);
      VarInt.encode(chains.index(link.entry), out);
    }
    VarInt.encode(partials.size(), out);
    for (int i = 0; i < partials.size(); i++) {
      Partials.Partial<E> partial = partials.get(i);
      VarInt.encode(chains.index(partial.last), out);
      VarInt.encode(partial.state.id, out);
      // The highest bit, which is often set, becomes the lowest.
      VarInt.encode(Long.rotateLeft(partial.alive, 1), out);
    }
    VarInt.encode(partials.complete.size(), out);
    for (Partials.Complete<E> match : partials.complete) {
      VarInt.encode(chains.index(match.last()), out);
      VarInt.encode(match.atMicros() - match.last().startMicros(), out);
    }
  }

  @Override
  public Partials<E> decode(InputStream in) throws IOException {
    if (VarInt.decodeInt(in) != automaton().fingerprint()) {
      throw new CoderException(
          "the state was written by another pattern than %s; run the pattern that wrote it, or"
                  .formatted(automaton().text())
              + " start without the old state");
    }
    try {
      return read(in);
    } catch (RuntimeException e) {
      throw new CoderException("no partial matches: " + e.getMessage(), e); // a link to nothing
    }
  }

  private Partials<E> read(InputStream in) throws IOException {
    List<Taken.Entry<E>> entries = new ArrayList<>();
    long at = 0;
    for (int i = VarInt.decodeInt(in); i > 0; i--) {
      at += VarInt.decodeLong(in);
      entries.add(new Taken.Entry<>(events.decode(in), at, entries.size()));
    }
    List<Taken<E>> links = new ArrayList<>();
    for (int i = VarInt.decodeInt(in); i > 0; i--) {
      int before = VarInt.decodeInt(in);
      int step = VarInt.decodeInt(in);
      links.add(
          new Taken<>(
              before == 0 ? null : links.get(before - 1), step, entries.get(VarInt.decodeInt(in))));
    }
    Partials<E> partials = new Partials<>();
    partials.next = entries.size();
    for (int i = VarInt.decodeInt(in); i > 0; i--) {
      Taken<E> last = links.get(VarInt.decodeInt(in));
      AutomatonState state = automaton().states().get(VarInt.decodeInt(in));
      long alive = Long.rotateRight(VarInt.decodeLong(in), 1);
      partials.keep(new Partials.Partial<>(last, state, alive));
    }
    partials.swap();
    for (int i = VarInt.decodeInt(in); i > 0; i--) {
      Taken<E> last = links.get(VarInt.decodeInt(in));
      long after = VarInt.decodeLong(in);
      partials.complete.add(new Partials.Complete<>(last, last.startMicros() + after));
    }
    return partials;
  }

  /** All links and events of some partial matches, each once; links after those before them. */
  private static final class Chains<E> {

    private final List<Taken<E>> links = new ArrayList<>();
    private final List<Taken.Entry<E>> entries = new ArrayList<>();
    private final IdentityHashMap<Object, Integer> indexes = new IdentityHashMap<>();

    Chains(Partials<E> partials) {
      for (int i = 0; i < partials.size(); i++) {
        add(partials.get(i).last);
      }
      partials.complete.forEach(match -> add(match.last()));
      entries.sort(Comparator.comparingLong(Taken.Entry::number));
      for (int i = 0; i < entries.size(); i++) {
        indexes.put(entries.get(i), i);
      }
    }

    private void add(Taken<E> last) {
      List<Taken<E>> unseen = new ArrayList<>();
      for (Taken<E> link = last; link != null && !indexes.containsKey(link); link = link.before) {
        indexes.put(link, -1);
        unseen.add(link);
        if (indexes.putIfAbsent(link.entry, -1) == null) {
          entries.add(link.entry);
        }
      }
      for (int i = unseen.size() - 1; i >= 0; i--) {
        indexes.put(unseen.get(i), links.size());
        links.add(unseen.get(i));
      }
    }

    int index(Object linkOrEntry) {
      return indexes.get(linkOrEntry);
    }
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(events);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    throw new NonDeterministicException(this, "partial matches are state, not a key");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PartialsCoder<?> that
        && events.equals(that.events)
        && pattern.shape().equals(that.pattern.shape());
  }

  @Override
  public int hashCode() {
    return 31 * events.hashCode() + pattern.shape().hashCode();
  }
}
