package dhara.transforms.join;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.order.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated events of one key, joined by the fold and by the definition. */
class JoinFoldTest {

  private static final int CASES = 4_000;
  private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");

  record Ask(String id, Instant at, int size) implements Event {}

  record Bid(String id, Instant at, String who) implements Event {}

  private static final Pending.PendingCoder<Ask, Bid> CODER =
      new Pending.PendingCoder<>(RecordCoder.of(Ask.class), RecordCoder.of(Bid.class));

  /** Each state is encoded and decoded before it is used again, and is as small as it should be. */
  private record Restored(JoinFold<Ask, Bid> of)
      implements dhara.transforms.order.Fold<
          Either<Bid, Ask>, Pending<Ask, Bid>, Matched<Ask, Bid>> {

    private static @Nullable Pending<Ask, Bid> restored(@Nullable Pending<Ask, Bid> pending) {
      try {
        return pending == null
            ? null
            : CoderUtils.decodeFromByteArray(CODER, CoderUtils.encodeToByteArray(CODER, pending));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Pending<Ask, Bid> initial() {
      return of.initial();
    }

    @Override
    public @Nullable Pending<Ask, Bid> apply(
        Pending<Ask, Bid> pending, Either<Bid, Ask> event, Consumer<Matched<Ask, Bid>> out) {
      return checked(restored(of.apply(pending, event, out)), event.at());
    }

    @Override
    public @Nullable Instant wakeAt(Pending<Ask, Bid> pending) {
      return of.wakeAt(pending);
    }

    @Override
    public @Nullable Pending<Ask, Bid> wake(
        Pending<Ask, Bid> pending, Instant at, Consumer<Matched<Ask, Bid>> out) {
      return checked(restored(of.wake(pending, at, out)), at);
    }

    private @Nullable Pending<Ask, Bid> checked(@Nullable Pending<Ask, Bid> pending, Instant now) {
      if (pending != null) {
        pending
            .lefts()
            .all()
            .forEach(left -> assertThat(now, is(lessThanOrEqualTo(left.at().plus(of.after())))));
        boolean nearest = of.matches() == Matches.NEAREST;
        Duration kept = nearest ? of.before().plus(of.after()).plusNanos(1) : of.before();
        pending
            .rights()
            .all()
            .forEach(right -> assertThat(now, is(lessThanOrEqualTo(right.at().plus(kept)))));
        if (of.matches() != Matches.ALL && of.matches() != Matches.LAST_ONCE) {
          assertThat(pending.rights().size(), is(lessThanOrEqualTo(1)));
        }
      }
      return pending;
    }

    @Override
    public Duration keep() {
      return of.keep();
    }

    @Override
    public Instant timeOf(Matched<Ask, Bid> matched, Instant at) {
      return of.timeOf(matched, at);
    }

    @Override
    public Duration earlierBy() {
      return of.earlierBy();
    }
  }

  private static Instant at(Random random, int span, boolean fine) {
    return DAY.plusNanos(1_000_000L * random.nextInt(span) + (fine ? random.nextInt(3) : 0));
  }

  private static List<Matched<Ask, Bid>> sorted(List<Matched<Ask, Bid>> found) {
    List<Matched<Ask, Bid>> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparing(Matched::toString));
    return sorted;
  }

  @ParameterizedTest
  @EnumSource(Matches.class)
  void theFoldFindsWhatTheDefinitionSays(Matches matches) {
    Map<Kind, Integer> found = new HashMap<>();
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(60);
      boolean fine = random.nextBoolean();
      Duration before = Duration.ofNanos(500_000L * random.nextInt(40));
      Duration after =
          matches == Matches.LAST || matches == Matches.LAST_ONCE
              ? Duration.ZERO
              : Duration.ofNanos(500_000L * random.nextInt(40) * random.nextInt(2));
      List<Ask> asks = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        asks.add(new Ask(random.nextInt(4) + "." + i, at(random, span, fine), i));
      }
      List<Bid> bids = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        bids.add(new Bid(random.nextInt(4) + "." + i, at(random, span, fine), "who" + i));
      }
      List<Either<Bid, Ask>> both = new ArrayList<>();
      asks.forEach(ask -> both.add(Either.ofSecond(ask)));
      bids.forEach(bid -> both.add(Either.ofFirst(bid)));
      Collections.shuffle(both, random);
      for (Kind kind : kinds(matches)) {
        List<Matched<Ask, Bid>> expected = NaiveJoin.of(asks, bids, kind, matches, before, after);
        found.merge(kind, expected.size(), Integer::sum);
        List<Matched<Ask, Bid>> joined =
            new Restored(new JoinFold<>(kind, matches, before, after, CODER)).over(both);
        assertThat(
            "case " + seed + " " + kind,
            sorted(kind == Kind.SEMI ? lefts(joined) : joined),
            is(sorted(expected)));
      }
    }
    assertThat(found.size(), is(kinds(matches).size()));
    found.values().forEach(n -> assertThat(n, is(greaterThan(CASES))));
  }

  /** Of a semi-join only the left side comes out. */
  private static List<Matched<Ask, Bid>> lefts(List<Matched<Ask, Bid>> joined) {
    return joined.stream().map(m -> new Matched<Ask, Bid>(m.left(), null)).toList();
  }

  private static List<Kind> kinds(Matches matches) {
    return switch (matches) {
      case ALL, NEAREST, LAST -> List.of(Kind.INNER, Kind.LEFT);
      case ANY -> List.of(Kind.SEMI, Kind.ANTI);
      case LAST_ONCE -> List.of(Kind.values());
    };
  }

  @Test
  void aHotKeyWithManyRememberedEventsIsNotDecoded() throws IOException {
    Pending<Ask, Bid> pending = CODER.none();
    for (int i = 0; i < 100_000; i++) {
      pending.rights().add(new Bid("bid" + i, DAY.plusMillis(i), "who"));
    }
    byte[] encoded = CoderUtils.encodeToByteArray(CODER, pending);

    Pending<Ask, Bid> read = CoderUtils.decodeFromByteArray(CODER, encoded);
    read.rights().dropBefore(DAY.plusMillis(99_998));

    assertThat(read.rights().size(), is(2));
    assertThat(
        read.rights().event(read.rights().last()),
        is(new Bid("bid99999", DAY.plusMillis(99_999), "who")));
    assertThat(CoderUtils.encodeToByteArray(CODER, pending), is(encoded));
  }
}
