package dhara.transforms.effect;

/**
 * What is acted on once.
 *
 * @param id by which a receiver recognises what it has acted on already
 * @param key the key of the answer that says so
 */
public record Incident<K>(String id, K key) {}
