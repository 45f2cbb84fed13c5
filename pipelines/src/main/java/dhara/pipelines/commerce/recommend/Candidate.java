package dhara.pipelines.commerce.recommend;

/**
 * A product that may be recommended, with its scores.
 *
 * @param product the product
 * @param coOccurrence how often others had it together with the user's products
 * @param content how much it is like the user's products
 * @param popularity how popular it is, as a share of the most popular product of all
 */
record Candidate(String product, double coOccurrence, double content, double popularity) {

  /** With its likeness. */
  Candidate withContent(double newContent) {
    return new Candidate(product, coOccurrence, newContent, popularity);
  }
}
