package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.transforms.aggregate.Session.Given;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class SessionTest {

  private static final long GAP = 10;
  private static final int SEEDS = 500;

  /** A session as a value. */
  private record Seen(long first, long last, long sum, Set<Given> given, boolean news) {}

  private static Seen seen(Session<Long> s) {
    return new Seen(s.first(), s.last(), s.sum(), Set.copyOf(s.given()), s.news());
  }

  /** A copy, because merging consumes parts. */
  private static Session<Long> part(Seen s) {
    return new Session<>(s.first, s.last, s.sum, List.copyOf(s.given), s.news);
  }

  private static List<Seen> merged(List<Seen> parts) {
    Session<Long> chain = null;
    for (Seen part : parts) {
      chain = part(part).before(chain);
    }
    List<Seen> sessions = new ArrayList<>();
    for (Session<Long> s = chain == null ? null : Session.merged(chain, GAP, Long::sum);
        s != null;
        s = s.next()) {
      sessions.add(seen(s));
    }
    return sessions;
  }

  private static Seen event(long at, long value) {
    return new Seen(at, at, value, Set.of(), true);
  }

  private static List<Seen> events(SplittableRandom random) {
    List<Seen> events = new ArrayList<>();
    int count = 1 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      events.add(event(random.nextInt(-100, 300), random.nextInt(1000)));
    }
    return events;
  }

  private static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
    List<T> shuffled = new ArrayList<>(list);
    Collections.shuffle(shuffled, new Random(random.nextLong()));
    return shuffled;
  }

  private static <T> List<T> both(List<T> one, List<T> other) {
    List<T> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  /**
   * Event by event in the order of time: a session continues if the event before is less than a gap
   * ago.
   */
  private static List<Seen> naive(List<Seen> events) {
    TreeMap<Long, Long> byTime = new TreeMap<>();
    events.forEach(e -> byTime.merge(e.first, e.sum, Long::sum));
    List<Seen> sessions = new ArrayList<>();
    byTime.forEach(
        (at, value) -> {
          Seen last = sessions.isEmpty() ? null : sessions.get(sessions.size() - 1);
          if (last != null && at - last.last < GAP) {
            sessions.set(
                sessions.size() - 1, new Seen(last.first, at, last.sum + value, Set.of(), true));
          } else {
            sessions.add(event(at, value));
          }
        });
    return sessions;
  }

  @Test
  void eventsInAnyOrderMakeTheSessionsOfTheNaiveSweep() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Seen> events = events(random);
      assertThat("seed " + seed, merged(shuffled(events, random)), is(naive(events)));
    }
  }

  @Test
  void partsThatWereMergedApartMakeTheSameSessions() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Seen> a = events(random);
      List<Seen> b = events(random);
      List<Seen> c = events(random);
      List<Seen> all = naive(both(both(a, b), c));
      assertThat("seed " + seed, merged(both(merged(both(a, b)), c)), is(all));
      assertThat("seed " + seed, merged(both(a, merged(both(b, c)))), is(all));
      assertThat("seed " + seed, merged(both(merged(c), merged(both(b, a)))), is(all));
      assertThat("seed " + seed, merged(all), is(all));
    }
  }

  @Test
  void sessionsRememberTheAnswersThatTheyTakeOver() {
    Given first = new Given(0, 15, 3);
    Given second = new Given(20, 32, 0);
    List<Seen> parts =
        List.of(
            new Seen(0, 5, 1, Set.of(first), false),
            event(12, 2),
            new Seen(20, 22, 4, Set.of(second), false),
            new Seen(50, 50, 8, Set.of(), true));
    for (int seed = 0; seed < 24; seed++) {
      assertThat(
          merged(shuffled(parts, new SplittableRandom(seed))),
          contains(
              new Seen(0, 22, 7, Set.of(first, second), true),
              new Seen(50, 50, 8, Set.of(), true)));
    }
  }

  @Test
  void windowsThatOnlyTouchAreTwoSessions() {
    assertThat(merged(List.of(event(0, 1), event(10, 2))), contains(event(0, 1), event(10, 2)));
    assertThat(
        merged(List.of(event(0, 1), event(9, 2))), contains(new Seen(0, 9, 3, Set.of(), true)));
  }

  @Test
  void anAnswerWithdrawsThoseOfOtherWindowsAndRevisesThatOfItsOwn() {
    Session<Long> session =
        new Session<>(
            0,
            22,
            7L,
            List.of(new Given(0, 15, 3), new Given(0, 32, 1), new Given(20, 32, 0)),
            true);

    assertThat(session.answer(GAP), contains(new Given(0, 15, 3), new Given(20, 32, 0)));
    assertThat(session.given(), contains(new Given(0, 32, 2)));
    assertThat(session.news(), is(false));
    assertThat(session.answer(GAP), is(empty()));
    assertThat(session.given(), contains(new Given(0, 32, 3)));
  }

  /**
   * Sessions answered at random moments: the valid answers at the end are the sessions, and a
   * withdrawn window is never answered again.
   */
  @Test
  void whateverIsAnsweredBetweenTheStandingAnswersAreTheSessions() {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Seen> events = shuffled(events(random), random);
      Set<Given> standing = new HashSet<>();
      Set<List<Long>> withdrawn = new HashSet<>();
      List<Seen> sessions = List.of();
      for (Seen event : events) {
        sessions = merged(both(sessions, List.of(event)));
        if (random.nextInt(3) == 0) {
          sessions = answered(sessions, standing, withdrawn);
        }
      }
      answered(sessions, standing, withdrawn);
      Set<List<Long>> windows = new HashSet<>();
      standing.forEach(g -> windows.add(List.of(g.start(), g.end())));
      Set<List<Long>> naive = new HashSet<>();
      naive(events).forEach(s -> naive.add(List.of(s.first, s.last + GAP)));
      assertThat("seed " + seed, windows, is(naive));
    }
  }

  private static List<Seen> answered(
      List<Seen> sessions, Set<Given> standing, Set<List<Long>> withdrawn) {
    List<Seen> answered = new ArrayList<>();
    for (Seen seen : sessions) {
      Session<Long> session = part(seen);
      if (session.news()) {
        for (Given absorbed : session.answer(GAP)) {
          assertThat("stands: " + absorbed, standing.remove(absorbed), is(true));
          withdrawn.add(List.of(absorbed.start(), absorbed.end()));
        }
        Given own = session.given().get(0);
        standing.remove(new Given(own.start(), own.end(), own.revision() - 1));
        assertThat(standing.add(own), is(true));
        assertThat(withdrawn.contains(List.of(own.start(), own.end())), is(false));
      }
      answered.add(seen(session));
    }
    return answered;
  }

  @Test
  void aSessionIsCodedWithItsAnswers() throws Exception {
    SessionCoder<String> coder = SessionCoder.of(StringUtf8Coder.of());
    Session<String> session =
        new Session<>(
            -7, 1L << 45, "sum", List.of(new Given(-7, 20, 300), new Given(30, 41, 0)), true);

    Session<String> decoded =
        CoderUtils.decodeFromByteArray(coder, CoderUtils.encodeToByteArray(coder, session));

    assertThat(decoded.first(), is(-7L));
    assertThat(decoded.last(), is(1L << 45));
    assertThat(decoded.sum(), is("sum"));
    assertThat(decoded.given(), contains(new Given(-7, 20, 300), new Given(30, 41, 0)));
    assertThat(decoded.news(), is(true));
    CoderProperties.coderSerializable(coder);
  }
}
