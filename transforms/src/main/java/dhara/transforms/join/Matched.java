package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What an interval join found for an event of the left side.
 *
 * @param right null if nothing came
 */
record Matched<L extends Event, R extends Event>(L left, @Nullable R right) {

  /** The coder by the coders of events. */
  static <L extends Event, R extends Event> Coder<Matched<L, R>> coder(
      Coder<L> lefts, Coder<R> rights) {
    return RecordCoder.of(
        new TypeDescriptor<Matched<L, R>>() {}.where(
                new TypeParameter<L>() {}, lefts.getEncodedTypeDescriptor())
            .where(new TypeParameter<R>() {}, rights.getEncodedTypeDescriptor()));
  }
}
