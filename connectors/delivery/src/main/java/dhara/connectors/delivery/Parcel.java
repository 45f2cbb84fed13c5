package dhara.connectors.delivery;

/**
 * A row on its way to another system.
 *
 * @param name by which the receiver recognises the row when it comes a second time
 * @param key the key of the row, as JSON
 * @param row the row, as JSON
 */
public record Parcel(String name, String key, String row) {}
