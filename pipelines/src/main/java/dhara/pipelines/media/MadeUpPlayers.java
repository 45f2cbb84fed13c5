package dhara.pipelines.media;

import dhara.pipelines.Input;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.Playback.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A made-up evening of players: viewers of two places watch short titles one after the other, with
 * heartbeats every 20 s, pauses, jumps, and stalls of less than a second. A viewer watches to the
 * end, or goes without a word. One viewer's player does not tell the device, and now and then a
 * heartbeat does not tell how long was played.
 *
 * <p>Titles have a truth of their own: nearly everybody watches {@code hit} to its end, nearly
 * nobody {@code flop}, and {@code grainy} has a low bitrate.
 *
 * <ul>
 *   <li>{@link #withTroubles}: from the fourth minute on, every five minutes a place is in trouble
 *       for two minutes. {@code buffering_ratio} is planted in its long stalls, {@code
 *       startup_p95_millis} in its slow start-ups, and {@code error_rate} in its errors, which
 *       there are none of otherwise.
 *   <li>{@link #withPremieres}: from the third minute on, every six minutes a crowd of forty starts
 *       {@code premiere} in one place within 15 s; {@code premiere} is planted in these starts.
 *       After two minutes each of them goes: some at the end, others without a word.
 *   <li>{@link #plain}: neither, and on many evenings: after five minutes everybody goes on at the
 *       same time of the next day. The name of the title is planted in each start.
 * </ul>
 */
final class MadeUpPlayers {

  /** Ten minutes before midnight in India. */
  private static final Instant EVENING = Instant.parse("2026-01-05T18:20:00Z");

  private static final long MINUTE = 60_000;
  private static final long EVENING_MILLIS = 5 * MINUTE;
  private static final long HEARTBEAT = 20_000;

  /** A stall is over this long after a heartbeat, and is shorter. */
  private static final long STALLED = 9_000;

  private static final int VIEWERS = 24;
  private static final int CROWD = 40;

  /** A title, how long it is, how many of ten viewers see its end, and its bitrate. */
  private record Title(
      String name, String language, @Nullable String genre, long millis, int enders, long kbps) {}

  private static final Title[] TITLES = {
    new Title("hit", "Hindi", "drama", 3 * MINUTE, 9, 4_000),
    new Title("flop", "Tamil", "comedy", 4 * MINUTE, 1, 3_000),
    new Title("grainy", "Hindi", null, 2 * MINUTE, 6, 500),
  };
  private static final Title PREMIERE =
      new Title("premiere", "Telugu", "action", 2 * MINUTE, 5, 5_000);

  private enum Trouble {
    NONE(""),
    STALLS("buffering_ratio"),
    SLOW("startup_p95_millis"),
    FAILING("error_rate");

    private final String measured;

    Trouble(String measured) {
      this.measured = measured;
    }
  }

  /** Someone who watches; the next thing that their player does is at a moment. */
  private static final class Viewer {

    private final String user;
    private final int place;
    private final boolean crowd;
    private final @Nullable String device;
    private long next;
    private Title title = PREMIERE;
    private Kind doing = Kind.START;
    private long position;
    private long startup;
    private long stalled;
    private boolean toTheEnd;

    Viewer(String user, int place, boolean crowd, @Nullable String device, long next) {
      this.user = user;
      this.place = place;
      this.crowd = crowd;
      this.device = device;
      this.next = next;
    }
  }

  private static final String[] REGIONS = {"north", "south"};
  private static final String[] DEVICES = {"MOBILE", "TV"};

  private final Input<Playback> input;
  private final SplittableRandom random;
  private final boolean troubles;
  private final boolean premieres;
  private final PriorityQueue<Viewer> viewers =
      new PriorityQueue<>(
          Comparator.comparing((Viewer viewer) -> viewer.next)
              .thenComparing(viewer -> viewer.user));
  private long nextPremiere = 2 * MINUTE;
  private long made;

  private MadeUpPlayers(Input<Playback> input, long seed, boolean troubles, boolean premieres) {
    this.input = input;
    this.random = new SplittableRandom(seed);
    this.troubles = troubles;
    this.premieres = premieres;
    for (int i = 0; i < VIEWERS; i++) {
      int place = i % 2;
      viewers.add(
          new Viewer(
              "viewer-%02d".formatted(i),
              place,
              false,
              i == VIEWERS - 1 ? null : DEVICES[place],
              random.nextLong(30_000)));
    }
  }

  /** Endless events in the order of their time, with places in trouble. */
  static Stream<Given<?>> withTroubles(Input<Playback> input, long seed) {
    return Stream.generate(new MadeUpPlayers(input, seed, true, false)::next);
  }

  /** Endless events in the order of their time, with premieres. */
  static Stream<Given<?>> withPremieres(Input<Playback> input, long seed) {
    return Stream.generate(new MadeUpPlayers(input, seed, false, true)::next);
  }

  /** Endless events in the order of their time, of evenings on which all is well. */
  static Stream<Given<?>> plain(Input<Playback> input, long seed) {
    return Stream.generate(new MadeUpPlayers(input, seed, false, false)::next);
  }

  private Given<?> next() {
    if (premieres && viewers.peek().next >= nextPremiere) {
      premiere();
    }
    Viewer viewer = viewers.remove();
    Given<Playback> event = act(viewer);
    if (!(viewer.crowd && viewer.doing == Kind.START)) {
      viewers.add(viewer);
    }
    return event;
  }

  private void premiere() {
    int place = (int) (nextPremiere / MINUTE / 6 % 2);
    for (int i = 0; i < CROWD; i++) {
      long at = nextPremiere + random.nextLong(15_000);
      viewers.add(
          new Viewer("fan-%d-%02d".formatted(nextPremiere, i), place, true, DEVICES[place], at));
    }
    nextPremiere += 6 * MINUTE;
  }

  private Trouble trouble(Viewer viewer) {
    long turn = viewer.next / MINUTE / 5;
    boolean now = troubles && viewer.next / MINUTE % 5 >= 3 && turn % 2 == viewer.place;
    return now ? Trouble.values()[1 + (int) (turn % 3)] : Trouble.NONE;
  }

  /** Does what is next, and decides what comes after it. */
  private Given<Playback> act(Viewer viewer) {
    return switch (viewer.doing) {
      case START -> start(viewer);
      case STARTUP -> {
        Given<Playback> event = event(viewer, null, null, viewer.startup);
        boolean slow = viewer.startup > 3_000;
        then(viewer, Kind.HEARTBEAT, HEARTBEAT);
        yield slow ? event.planted(Trouble.SLOW.measured) : event;
      }
      case HEARTBEAT -> heartbeat(viewer);
      case BUFFER -> stalled(viewer);
      case PAUSE, SEEK -> {
        Given<Playback> event = event(viewer, null, null, null);
        then(viewer, Kind.HEARTBEAT, HEARTBEAT);
        yield event;
      }
      case AD_IMPRESSION -> {
        Given<Playback> event =
            input.given(
                Playback.ofAd(id(), at(viewer), viewer.user, "chai", Kind.AD_IMPRESSION, 30L));
        then(viewer, Kind.HEARTBEAT, HEARTBEAT);
        yield event;
      }
      default -> {
        Given<Playback> event = event(viewer, null, null, null);
        boolean failed = viewer.doing == Kind.ERROR;
        then(viewer, Kind.START, 1_000 + random.nextLong(9_000));
        yield failed ? event.planted(Trouble.FAILING.measured) : event;
      }
    };
  }

  private Given<Playback> start(Viewer viewer) {
    viewer.title = viewer.crowd ? PREMIERE : TITLES[random.nextInt(TITLES.length)];
    viewer.position = 0;
    viewer.stalled = 0;
    viewer.toTheEnd = random.nextInt(10) < viewer.title.enders;
    viewer.startup =
        trouble(viewer) == Trouble.SLOW
            ? 4_000 + random.nextLong(3_000)
            : 600 + random.nextLong(1_000);
    Given<Playback> event = event(viewer, null, null, null);
    then(viewer, Kind.STARTUP, viewer.startup);
    return viewer.crowd || isPlain() ? event.planted(viewer.title.name) : event;
  }

  private Given<Playback> heartbeat(Viewer viewer) {
    long played = HEARTBEAT - viewer.stalled;
    viewer.stalled = 0;
    viewer.position += played;
    long kbps = viewer.title.kbps * (3 + random.nextInt(3)) / 4;
    boolean told = random.nextInt(30) > 0;
    Given<Playback> event = event(viewer, told ? played : null, kbps, null);
    Trouble trouble = trouble(viewer);
    int chance = random.nextInt(40);
    if (viewer.position >= viewer.title.millis) {
      then(viewer, viewer.crowd && !viewer.toTheEnd ? Kind.START : Kind.COMPLETE, 1_000);
    } else if (!viewer.crowd && !viewer.toTheEnd && viewer.position >= viewer.title.millis / 2) {
      // Gone without a word; some time later, something else.
      then(viewer, Kind.START, 5_000 + random.nextLong(40_000));
    } else if (trouble == Trouble.FAILING && chance < 16) {
      then(viewer, Kind.ERROR, 3_000);
    } else if (trouble == Trouble.STALLS || chance < 6) {
      then(viewer, Kind.BUFFER, STALLED);
    } else if (trouble == Trouble.SLOW && chance < 16) {
      then(viewer, Kind.START, 4_000);
    } else if (chance < 8) {
      then(viewer, chance == 6 ? Kind.PAUSE : Kind.SEEK, 5_000);
    } else if (chance == 8) {
      then(viewer, Kind.AD_IMPRESSION, 2_000);
    } else {
      then(viewer, Kind.HEARTBEAT, HEARTBEAT);
    }
    return event;
  }

  private Given<Playback> stalled(Viewer viewer) {
    boolean trouble = trouble(viewer) == Trouble.STALLS;
    long millis = trouble ? 4_000 + random.nextLong(4_000) : 200 + random.nextLong(600);
    viewer.stalled = millis;
    Given<Playback> event = event(viewer, millis, null, null);
    then(viewer, Kind.HEARTBEAT, HEARTBEAT - STALLED);
    return trouble ? event.planted(Trouble.STALLS.measured) : event;
  }

  private static void then(Viewer viewer, Kind kind, long later) {
    viewer.doing = kind;
    viewer.next += later;
  }

  private Given<Playback> event(
      Viewer of, @Nullable Long durationMillis, @Nullable Long kbps, @Nullable Long startupMillis) {
    return input.given(
        new Playback(
            id(),
            at(of),
            of.user,
            of.title.name,
            null,
            of.doing,
            of.position,
            durationMillis,
            kbps,
            startupMillis,
            of.doing == Kind.ERROR ? "MEDIA_DECODE" : null,
            REGIONS[of.place],
            of.device,
            of.title.language,
            null,
            of.title.genre));
  }

  private Instant at(Viewer viewer) {
    return isPlain()
        ? EVENING
            .plus(Duration.ofDays(viewer.next / EVENING_MILLIS))
            .plusMillis(viewer.next % EVENING_MILLIS)
        : EVENING.plusMillis(viewer.next);
  }

  private boolean isPlain() {
    return !troubles && !premieres;
  }

  private String id() {
    return "P%07d".formatted(++made);
  }
}
