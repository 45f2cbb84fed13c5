package dhara.transforms.effect;

/**
 * An incident, which is acted on once.
 *
 * @param id by which a receiver recognises incidents that it has acted on
 * @param key the key of the answer
 */
public record Incident<K>(String id, K key) {}
