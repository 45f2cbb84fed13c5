package dhara.pipelines.commerce.features;

import dhara.pipelines.commerce.Activity;

/** How much an activity tells of the wish to buy. */
final class ActivityPoints {

  private ActivityPoints() {}

  /** From 0, for a page or a search, to 5, for a purchase. */
  static long of(Activity.Kind kind) {
    return switch (kind) {
      case PAGE_VIEW, SEARCH -> 0;
      case PRODUCT_VIEW -> 1;
      case WISHLIST -> 2;
      case ADD_TO_CART -> 3;
      case CHECKOUT -> 4;
      case PURCHASE -> 5;
    };
  }
}
