package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Query 8: who joined and put up an auction within the same 10 seconds: a join in a window.
 *
 * <pre>
 *           ┌─▶ people ───┐
 *   chunks ─┤             ├─ by person ─▶ 10 s ─▶ both sides, added up ─▶ where both are
 *           └─▶ auctions ─┘
 * </pre>
 */
final class Q8NewSellers
    extends PTransform<PCollection<Chunk>, PCollection<Q8NewSellers.NewSeller>> {

  private static final long serialVersionUID = 1L;

  /**
   * A person who joined and sold.
   *
   * @param startMillis start of the window, epoch milliseconds
   */
  public record NewSeller(long startMillis, long person, String name) {}

  private record PersonId(long person) {}

  /**
   * What a window knows of a person.
   *
   * @param name if the person joined in it
   * @param sold whether there is an auction
   */
  public record Side(long person, boolean sold, @Nullable String name) implements Tally<Side> {

    private static final Side NOTHING = new Side(0, false, null);

    static @Nullable Side of(Event event) {
      Person person = event.person();
      if (person != null) {
        return new Side(person.id(), false, person.name());
      }
      Auction auction = event.auction();
      return auction == null ? null : new Side(auction.seller(), true, null);
    }

    @Override
    public Side plus(Side other) {
      return new Side(
          Math.max(person, other.person), sold || other.sold, name == null ? other.name : name);
    }
  }

  @Override
  public PCollection<NewSeller> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Sides", Unroll.to(Side.class, Side::of))
        .apply("ByPerson", KeyBy.record(PersonId.class, side -> new PersonId(side.person())))
        .apply(
            "Join",
            Answers.in(Windows.tumbling(Duration.ofSeconds(10)))
                .perKey(TallyFn.of(Side.NOTHING, side -> side, Side.class, side -> side)))
        .apply("Both", Filter.by(answer -> answer.value().sold() && answer.value().name() != null))
        .apply(
            "Rows",
            MapElements.into(TypeDescriptor.of(NewSeller.class))
                .via(
                    answer ->
                        new NewSeller(
                            answer.start().toEpochMilli(),
                            answer.key().person(),
                            answer.value().name())));
  }
}
