package dhara.pipelines;

/**
 * An output of an analysis: answers of one kind.
 *
 * @param name what {@code --answers=NAME=URI} calls it, and its folder and topic suffix
 * @param key the record that says what an answer is about; its components become columns
 * @param value the record that an answer is; its components become columns
 * @param effect whether its answers make something happen; a backfill holds them back unless the
 *     user says {@code --effects=true}, for what they make happen has happened
 */
public record Output<K extends Record, V extends Record>(
    String name, Class<K> key, Class<V> value, boolean effect) {

  /** An output that informs, and does nothing. */
  public Output(String name, Class<K> key, Class<V> value) {
    this(name, key, value, false);
  }

  /** An output that acts: whoever reads it sends an alert, calls a webhook, moves money. */
  public static <K extends Record, V extends Record> Output<K, V> effect(
      String name, Class<K> key, Class<V> value) {
    return new Output<>(name, key, value, true);
  }
}
