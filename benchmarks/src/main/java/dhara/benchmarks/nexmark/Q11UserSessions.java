package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answers;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 11: how many bids people make in a session, which ends after 10 seconds without one.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ by bidder ─▶ sessions, gap 10 s ─▶ count
 * </pre>
 */
final class Q11UserSessions
    extends PTransform<PCollection<Chunk>, PCollection<Q11UserSessions.UserSession>> {

  private static final long serialVersionUID = 1L;

  /**
   * The bids of a session.
   *
   * @param startMillis the first bid, epoch milliseconds
   * @param endMillis 10 seconds after the last bid, epoch milliseconds
   */
  public record UserSession(long bidder, long startMillis, long endMillis, long bids) {}

  private record Bidder(long bidder) {}

  @Override
  public PCollection<UserSession> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply(
            "Count",
            Answers.in(Windows.sessions(Duration.ofSeconds(10)))
                .perKey(Bidder.class, bid -> new Bidder(bid.bidder()), Count.each()))
        .apply(
            "Rows",
            MapElements.into(TypeDescriptor.of(UserSession.class))
                .via(
                    answer ->
                        new UserSession(
                            answer.key().bidder(),
                            answer.start().toEpochMilli(),
                            answer.end().toEpochMilli(),
                            answer.value().count())));
  }
}
