package dhara.transforms.order.pattern;

/** A key has more partial matches than the limit, which protects memory and state. */
public final class TooManyPartials extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final String pattern;
  private final int most;

  TooManyPartials(String pattern, int most) {
    this(pattern, most, "");
  }

  private TooManyPartials(String pattern, int most, String key) {
    super(
        ("pattern %s has more than %d partial matches%s; shorten within(…), make a repeated step"
                + " greedy() or consecutive(), choose a skip strategy, or raise atMost(%d)")
            .formatted(pattern, most, key, most));
    this.pattern = pattern;
    this.most = most;
  }

  /** The same with the key. */
  TooManyPartials of(Object key) {
    TooManyPartials named = new TooManyPartials(pattern, most, " for key " + key);
    named.initCause(this);
    return named;
  }
}
