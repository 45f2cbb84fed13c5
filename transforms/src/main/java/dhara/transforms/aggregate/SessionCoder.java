package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.util.VarInt;

/**
 * The coder of a {@link Session}.
 *
 * <p>Bytes: twice the number of valid answers, plus one if some events are in none of them; the
 * first event's time; the distance to the last one; for each answer the distance of its start from
 * the session's, the length of its window, and its revision; all as varints. Then the sum.
 */
final class SessionCoder<S> extends StructuredCoder<Session<S>> {

  private static final long serialVersionUID = 1L;

  private final Coder<S> sums;

  private SessionCoder(Coder<S> sums) {
    this.sums = sums;
  }

  static <S> SessionCoder<S> of(Coder<S> sums) {
    return new SessionCoder<>(sums);
  }

  @Override
  public void encode(Session<S> session, OutputStream out) throws IOException {
    encodeTimes(session, out);
    sums.encode(session.sum(), out);
  }

  @Override
  public Session<S> decode(InputStream in) throws IOException {
    Session<?> times = decodeTimes(in, null);
    return new Session<>(times.first(), times.last(), sums.decode(in), times.given(), times.news());
  }

  /** Writes everything except the sum; {@link SessionTable#addSome} also knows this form. */
  static void encodeTimes(Session<?> session, OutputStream out) throws IOException {
    VarInt.encode(session.given().size() * 2 + (session.news() ? 1 : 0), out);
    VarInt.encode(session.first(), out);
    VarInt.encode(session.last() - session.first(), out);
    for (Session.Given given : session.given()) {
      VarInt.encode(given.start() - session.first(), out);
      VarInt.encode(given.end() - given.start(), out);
      VarInt.encode(given.revision(), out);
    }
  }

  /** Reads what {@link #encodeTimes} wrote, for a session with this sum. */
  static <S> Session<S> decodeTimes(InputStream in, S sum) throws IOException {
    int head = VarInt.decodeInt(in);
    if (head < 0) {
      throw new CoderException("a session has no " + head + " answers");
    }
    long first = VarInt.decodeLong(in);
    long last = first + VarInt.decodeLong(in);
    List<Session.Given> given = List.of();
    if (head > 1) {
      given = new ArrayList<>();
      for (int i = 0; i < head / 2; i++) {
        long start = first + VarInt.decodeLong(in);
        given.add(new Session.Given(start, start + VarInt.decodeLong(in), VarInt.decodeLong(in)));
      }
    }
    return new Session<>(first, last, sum, given, (head & 1) == 1);
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(sums);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "its sum must be coded deterministically", sums);
  }
}
