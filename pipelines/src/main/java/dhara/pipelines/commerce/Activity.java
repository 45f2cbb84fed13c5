package dhara.pipelines.commerce;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that a user did in a shop.
 *
 * @param id identity of the event
 * @param at when it was done
 * @param user who did it
 * @param session the client's own session, where known
 * @param kind what was done
 * @param product the product's code, where it is about one
 * @param category the product's category
 * @param brand the product's brand
 * @param amountMinor what was paid, in minor units of the currency
 * @param device the kind of device
 * @param platform the application or browser
 * @param channel where the user came from: search, mail, an advertisement
 * @param city where the user is
 * @param referrer the page before
 */
public record Activity(
    String id,
    Instant at,
    String user,
    @Nullable String session,
    Kind kind,
    @Nullable String product,
    @Nullable String category,
    @Nullable String brand,
    @Nullable Long amountMinor,
    @Nullable Device device,
    @Nullable String platform,
    @Nullable String channel,
    @Nullable String city,
    @Nullable String referrer)
    implements Event {

  /**
   * An activity of which nothing more is known.
   *
   * @param product the product's code; null if it is about none
   */
  public static Activity of(
      String id, Instant at, String user, Kind kind, @Nullable String product) {
    return new Activity(
        id, at, user, null, kind, product, null, null, null, null, null, null, null, null);
  }

  /** What can be done. */
  public enum Kind {
    /** A page was seen. */
    PAGE_VIEW,
    /** A product was looked at. */
    PRODUCT_VIEW,
    /** Something was searched. */
    SEARCH,
    /** A product was put into the cart. */
    ADD_TO_CART,
    /** A product was put onto the wish list. */
    WISHLIST,
    /** Paying began. */
    CHECKOUT,
    /** A product was paid. */
    PURCHASE
  }

  /** Kinds of devices. */
  public enum Device {
    /** A telephone. */
    MOBILE,
    /** A computer. */
    DESKTOP,
    /** A tablet. */
    TABLET,
    /** A television. */
    TV
  }

  /** The most that is paid at once: sums of nine million such purchases fit a long. */
  private static final long MOST_MINOR = 1_000_000_000_000L;

  public Activity {
    if (amountMinor != null && (amountMinor < 0 || amountMinor > MOST_MINOR)) {
      throw new IllegalArgumentException(
          "amountMinor is not between 0 and " + MOST_MINOR + ": " + amountMinor);
    }
  }
}
