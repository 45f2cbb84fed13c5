package dhara.pipelines.media;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.media.Playback.Kind;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A made-up evening of campaigns that pay in different ways, with a few events of players between
 * them: {@code chai} and {@code diwali} pay for impressions, {@code monsoon} for clicks, and {@code
 * house} advertises the service itself and pays nothing.
 *
 * <p>Planted is {@code spree} in the clicks of two minutes in which one of the first two campaigns
 * is clicked far too often: nine of ten impressions, where it is one of ten otherwise. One begins
 * every ten minutes, five minutes after the first event, in turns.
 */
final class MadeUpCampaigns {

  private static final Instant EVENING = Instant.parse("2026-01-05T14:00:00Z");
  private static final String[] CAMPAIGNS = {"chai", "diwali", "monsoon", "house"};
  private static final int VIEWERS = 80;
  private static final long MINUTE = 60_000;
  private static final long TURN = 10 * MINUTE;

  private final SplittableRandom random;
  private final Upcoming<Given<Playback>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private MadeUpCampaigns(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpCampaigns(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next one is made can be output now.
    while (!upcoming.anyBefore(EVENING.plusMillis(millis))) {
      millis += 200L + random.nextInt(1_100);
      make();
    }
    return upcoming.next();
  }

  private void make() {
    String viewer = "viewer-" + random.nextInt(VIEWERS);
    if (random.nextInt(12) == 0) {
      upcoming.add(heartbeat(viewer));
      return;
    }
    int campaign = random.nextInt(CAMPAIGNS.length);
    boolean spree = spree() == campaign;
    long minor = campaign == 0 ? 40L + random.nextInt(20) : 120L + random.nextInt(60);
    upcoming.add(ad(0, viewer, campaign, Kind.AD_IMPRESSION, campaign < 2 ? minor : null));
    if (random.nextInt(10) < (spree ? 9 : 1)) {
      Long paid = campaign == 2 ? Long.valueOf(400 + random.nextInt(200)) : null;
      long later = 500L + random.nextInt(5_000);
      Given<Playback> click = ad(later, viewer, campaign, Kind.AD_CLICK, paid);
      upcoming.add(spree ? click.planted("spree") : click);
    }
  }

  /** The campaign that is clicked too often now; -1 if none is. */
  private int spree() {
    long ofTurn = millis % TURN;
    return ofTurn >= 5 * MINUTE && ofTurn < 7 * MINUTE ? (int) (millis / TURN % 2) : -1;
  }

  private Given<Playback> ad(
      long later, String viewer, int campaign, Kind kind, @Nullable Long minor) {
    return AdRevenue.PLAYBACKS.given(
        Playback.ofAd(id(), at(later), viewer, CAMPAIGNS[campaign], kind, minor));
  }

  private Given<Playback> heartbeat(String viewer) {
    return AdRevenue.PLAYBACKS.given(
        new Playback(
            id(),
            at(0),
            viewer,
            "film-" + random.nextInt(12),
            null,
            Kind.HEARTBEAT,
            null,
            10_000L,
            2_400L,
            null,
            null,
            "south",
            "TV",
            "Tamil",
            null,
            "drama"));
  }

  private Instant at(long later) {
    return EVENING.plusMillis(millis + later);
  }

  private String id() {
    return "A%07d".formatted(++made);
  }
}
