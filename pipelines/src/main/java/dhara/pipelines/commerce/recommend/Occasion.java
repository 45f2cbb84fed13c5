package dhara.pipelines.commerce.recommend;

import dhara.pipelines.commerce.Activity;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What products are recommended after: an activity with a product, or a request. */
public enum Occasion {
  /** A product was looked at. */
  PRODUCT_VIEW(1),
  /** A product was put onto the wish list. */
  WISHLIST(2),
  /** A product was put into the cart. */
  ADD_TO_CART(5),
  /** A product was paid. */
  PURCHASE(10),
  /** Somebody asked for recommendations. */
  REQUEST(0);

  private final int points;

  Occasion(int points) {
    this.points = points;
  }

  /** What it adds to the popularity of its product. */
  int points() {
    return points;
  }

  /** That of an activity; null if it is not about a product. */
  static @Nullable Occasion of(Activity activity) {
    if (activity.product() == null || activity.product().isEmpty()) {
      return null;
    }
    return switch (activity.kind()) {
      case PRODUCT_VIEW -> PRODUCT_VIEW;
      case WISHLIST -> WISHLIST;
      case ADD_TO_CART -> ADD_TO_CART;
      case PURCHASE -> PURCHASE;
      case PAGE_VIEW, SEARCH, CHECKOUT -> null;
    };
  }
}
