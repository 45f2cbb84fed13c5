package dhara.pipelines;

/**
 * An output of an analysis: answers of one kind.
 *
 * @param name what {@code --answers=NAME=URI} calls it, and its folder and topic suffix
 * @param key the record that says what an answer is about; its components become columns
 * @param value the record that an answer is; its components become columns
 */
public record Output<K extends Record, V extends Record>(
    String name, Class<K> key, Class<V> value) {}
