package dhara.pipelines;

import dhara.transforms.effect.OncePerIncident;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An output of an analysis: answers of one kind.
 *
 * @param name what {@code --answers=NAME=URI} calls it, and its folder and topic suffix
 * @param key the key of an answer; its components become columns
 * @param value the value of an answer; its components become columns
 * @param effect when its answers make something happen, once for each incident; a backfill holds
 *     them back unless {@code --effects=true} is given, because they have happened already. Null
 *     for an output that only informs
 * @param history how long before the window of an answer events still have an effect on it; zero if
 *     only the events in the window have
 * @param optional whether a run may go without its answers
 * @param feeds the name of the reference input whose records its rows are; null if it feeds none
 */
public record Output<K extends Record, V extends Record>(
    String name,
    Class<K> key,
    Class<V> value,
    @Nullable OncePerIncident<K, V> effect,
    Duration history,
    boolean optional,
    @Nullable String feeds) {

  /** An output that only informs. */
  public Output(String name, Class<K> key, Class<V> value) {
    this(name, key, value, null, Duration.ZERO, false, null);
  }

  /**
   * The same, but events up to this much before the window of an answer also have an effect on it.
   * So {@code reconcile} explains a difference by a late event in that time too.
   */
  public Output<K, V> withHistory(Duration newHistory) {
    return new Output<>(name, key, value, effect, newHistory, optional, feeds);
  }

  /**
   * The same, but a run may go without it, because an optional input is left out or nobody has
   * asked for it: see {@link Flow#reads} and {@link Flow#wants}.
   */
  public Output<K, V> asOptional() {
    return new Output<>(name, key, value, effect, history, true, feeds);
  }

  /** The same, but all events before the window of an answer can have an effect on it. */
  public Output<K, V> withAllHistory() {
    return withHistory(ChronoUnit.FOREVER.getDuration());
  }

  /**
   * The same, but its rows are records of a reference input of the same analysis, and it may be
   * written where that input is read: if the user names a place for it, it goes to the very topic,
   * without a suffix. Such a record must be in force later than any stream knows it: a stream joins
   * no fact again, and would settle on other answers than a backfill that reads it from the
   * beginning.
   */
  public Output<K, V> feeding(Input<?> reference) {
    if (!reference.isReference()) {
      throw new IllegalArgumentException(
          name + " cannot feed " + reference.name() + ": an event would be made of each event");
    }
    return new Output<>(name, key, value, effect, history, optional, reference.name());
  }

  /**
   * An output that acts: whoever reads it sends an alert, calls a webhook, moves money. Its rows
   * begin with the column {@code incident}, by which a receiver recognises incidents that it has
   * acted on.
   *
   * <pre>{@code
   * Output.effect("stock-outs", Product.class, Level.class)
   *     .incident((product, level) -> product.id(), Duration.ofHours(6))
   *     .onSettled()
   * }</pre>
   */
  public static <K extends Record, V extends Record> Effect<K, V> effect(
      String name, Class<K> key, Class<V> value) {
    return new Effect<>(name, key, value, null, Duration.ZERO);
  }

  /** Whether it has effects. */
  public boolean acts() {
    return effect != null;
  }

  /** An output that acts; choose when with one of its methods. */
  public static final class Effect<K extends Record, V extends Record> {

    private final String name;
    private final Class<K> key;
    private final Class<V> value;
    private final OncePerIncident.@Nullable Name<K, V> incident;
    private final Duration lasting;

    private Effect(
        String name,
        Class<K> key,
        Class<V> value,
        OncePerIncident.@Nullable Name<K, V> incident,
        Duration lasting) {
      this.name = name;
      this.key = key;
      this.value = value;
      this.incident = incident;
      this.lasting = lasting;
    }

    /**
     * Incidents that a function names; without, each key and window is one.
     *
     * @param newLasting see {@link OncePerIncident#named}
     */
    public Effect<K, V> incident(OncePerIncident.Name<K, V> newIncident, Duration newLasting) {
      return new Effect<>(name, key, value, newIncident, newLasting);
    }

    /** Acts when no event can change the answer any more. */
    public Output<K, V> onSettled() {
      return output(OncePerIncident.onSettled(key));
    }

    /** Acts on the first answer, at once, although later events may withdraw it. */
    public Output<K, V> onFirst() {
      return output(OncePerIncident.onFirst(key));
    }

    private Output<K, V> output(OncePerIncident<K, V> once) {
      return new Output<>(
          name,
          key,
          value,
          incident == null ? once : once.named(incident, lasting),
          Duration.ZERO,
          false,
          null);
    }
  }
}
