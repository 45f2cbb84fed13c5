package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;

/**
 * Reads the events of one key in order. Blocks have times in milliseconds, by which they are sorted
 * while encoded; only events of the same millisecond are decoded together, to compare the rest.
 */
final class KeyEvents {

  /** Takes an event. */
  @FunctionalInterface
  interface KeyEventTaker<E> {
    void take(E event) throws IOException;
  }

  /** Where an event is in its block. */
  private record Place(long atMillis, int from, int to) {}

  private KeyEvents() {}

  /**
   * Passes on the events of a block in order.
   *
   * @param block entries of one key, whose sums are events
   */
  static <E extends Event> void inOrder(byte[] block, Coder<E> coder, KeyEventTaker<E> taker)
      throws IOException {
    List<Place> places = new ArrayList<>();
    boolean sorted = true;
    long last = Long.MIN_VALUE;
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      sorted &= entry.revision() >= last;
      last = entry.revision();
      places.add(new Place(last, entry.sumOffset(), entry.end()));
    }
    if (!sorted) {
      places.sort(Comparator.comparingLong(Place::atMillis));
    }
    RecordInput input = new RecordInput(block, 0, 0);
    List<E> together = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      input.moveTo(place.from, place.to);
      together.add(coder.decode(input));
      if (i + 1 == places.size() || places.get(i + 1).atMillis != place.atMillis) {
        together.sort(Fold.ORDER);
        for (E event : together) {
          taker.take(event);
        }
        together.clear();
      }
    }
  }
}
