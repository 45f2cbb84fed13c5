package dhara.pipelines.media;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.media.Playback.Kind;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A made-up evening of advertisements: viewers who click one impression in four within a minute,
 * and players that send heartbeats between them.
 *
 * <p>Planted, each with a viewer of its own, whose impressions and clicks are no others: {@code
 * quick}, a click a few milliseconds after its impression, so that a stream gets many of them
 * first; {@code expired}, a click more than ten minutes after its impression; {@code double}, a
 * second click on one impression; and {@code orphan}, a click without an impression.
 */
final class Advertising {

  private static final Instant EVENING = Instant.parse("2026-01-05T14:00:00Z");
  private static final int VIEWERS = 60;
  private static final String[] CAMPAIGNS = {
    "chai", "diwali", "monsoon", "scooter", "tata", "zari"
  };
  private static final long TEN_MINUTES = 600_000;

  private final SplittableRandom random;
  private final Upcoming<Given<Playback>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private Advertising(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new Advertising(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next one is made can be output now.
    while (!upcoming.anyBefore(EVENING.plusMillis(millis))) {
      millis += 200L + random.nextInt(1_800);
      make();
    }
    return upcoming.next();
  }

  private void make() {
    String campaign = CAMPAIGNS[random.nextInt(CAMPAIGNS.length)];
    switch (random.nextInt(20)) {
      case 0 -> pair("quick", campaign, random.nextInt(8));
      case 1 -> pair("expired", campaign, TEN_MINUTES + 1 + random.nextInt(120_000));
      case 2 -> {
        String viewer = pair("", campaign, 2_000L + random.nextInt(3_000));
        long again = 5_100L + random.nextInt(400);
        upcoming.add(click(again, viewer, campaign).planted("double"));
      }
      case 3 -> upcoming.add(click(0, "solo-" + made, campaign).planted("orphan"));
      case 4, 5, 6 -> upcoming.add(heartbeat());
      default -> {
        String viewer = "viewer-" + random.nextInt(VIEWERS);
        upcoming.add(shown(viewer, campaign));
        if (random.nextInt(4) == 0) {
          upcoming.add(click(500L + random.nextInt(59_000), viewer, campaign));
        }
      }
    }
  }

  /** An impression and a click of a viewer who does nothing else; returns the viewer. */
  private String pair(String what, String campaign, long later) {
    String viewer = "solo-" + made;
    upcoming.add(shown(viewer, campaign));
    upcoming.add(click(later, viewer, campaign).planted(what));
    return viewer;
  }

  private Given<Playback> shown(String viewer, String campaign) {
    long minor = 10L + random.nextInt(90);
    return of(Playback.ofAd(id(), at(0), viewer, campaign, Kind.AD_IMPRESSION, minor));
  }

  private Given<Playback> click(long later, String viewer, String campaign) {
    return of(Playback.ofAd(id(), at(later), viewer, campaign, Kind.AD_CLICK, null));
  }

  private Given<Playback> heartbeat() {
    return of(
        new Playback(
            id(),
            at(0),
            "viewer-" + random.nextInt(VIEWERS),
            "film-" + random.nextInt(12),
            null,
            Kind.HEARTBEAT,
            10_000L * random.nextInt(500),
            null,
            800L * (1 + random.nextInt(8)),
            null,
            null,
            null,
            "TV",
            "Hindi",
            null,
            null));
  }

  private static Given<Playback> of(Playback event) {
    return AdAttribution.PLAYBACKS.given(event);
  }

  private Instant at(long later) {
    return EVENING.plusMillis(millis + later);
  }

  private String id() {
    return "P%07d".formatted(++made);
  }
}
