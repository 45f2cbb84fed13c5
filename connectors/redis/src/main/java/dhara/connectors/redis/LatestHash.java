package dhara.connectors.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The hash of {@code as=latest}: what is known now of a user, a product, a cell.
 *
 * <p>Its key is {@code NAME:} and the columns of {@link RedisAddress#by}, as JSON. Its fields are
 * the columns of the newest answer, and {@code key_columns}, by which it can be read back. The
 * newest is the one whose window ends last, then the one that starts last, then the one with the
 * greatest other columns of its key, then the one of the highest revision. That is an order of all
 * answers about one thing, so they settle on the same hash in whatever order they come, and however
 * often.
 *
 * <p>A hash expires at {@code expires_at} of its answer or, if that has none, a time to live after
 * the last moment of its window. Both are event times: what is older expires earlier, so an old
 * answer that comes after a newer one has expired finds no gap to return through.
 *
 * @param key of the hash
 * @param arguments of the script
 */
record LatestHash(String key, List<String> arguments) {

  /** The field with the names of the key's columns without those of the window. */
  static final String KEY_COLUMNS = "key_columns";

  static final String START = "window_start";
  static final String END = "window_end";
  static final String REVISION = "revision";
  private static final String EXPIRES = "expires_at";

  /**
   * ARGV: when the hash expires, in epoch milliseconds, or nothing; the number of columns that
   * decide, their names and values, the revision last; names and values of all fields. Texts are
   * compared by their bytes, because Lua's order of texts is that of the server's locale.
   */
  static final String UPSERT =
      """
      local function before(a, b)
        for i = 1, math.min(#a, #b) do
          local x, y = string.byte(a, i), string.byte(b, i)
          if x ~= y then return x < y end
        end
        return #a < #b
      end
      local n = tonumber(ARGV[2])
      local there = redis.call('HMGET', KEYS[1], unpack(ARGV, 3, n + 2))
      if there[n] then
        local same = true
        for i = 1, n - 1 do
          local old, new = there[i] or '', ARGV[n + 2 + i]
          if old ~= new then
            if before(new, old) then return 0 end
            same = false
            break
          end
        end
        if same and tonumber(there[n]) > tonumber(ARGV[2 * n + 2]) then return 0 end
      end
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], unpack(ARGV, 2 * n + 3))
      if ARGV[1] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
      return 1
      """;

  /**
   * The hash of a row.
   *
   * @param keyJson the key of the row
   * @param row the row
   * @throws DateTimeException if its {@code expires_at} is no time
   */
  static LatestHash of(RedisAddress address, String keyJson, String row) {
    JsonNode key = RedisCarrier.json(keyJson);
    JsonNode columnsOfRow = RedisCarrier.json(row);
    List<String> columns = keyColumns(key::fieldNames);
    List<String> by = address.by().isEmpty() ? columns : address.by();
    ObjectNode about = RowJson.object();
    by.forEach(column -> about.set(column, key.get(column)));

    List<String> deciding = new ArrayList<>(List.of(END, START));
    columns.stream().filter(column -> !by.contains(column)).forEach(deciding::add);
    List<String> arguments = new ArrayList<>();
    Long expires = expires(address, key, columnsOfRow);
    arguments.add(expires == null ? "" : expires.toString());
    arguments.add(Integer.toString(deciding.size() + 1));
    arguments.addAll(deciding);
    arguments.add(REVISION);
    deciding.forEach(
        column -> arguments.add(key.path(column).isNull() ? "" : key.path(column).asText()));
    arguments.addAll(RedisCarrier.fields(columnsOfRow)); // which begins with the revision
    arguments.add(KEY_COLUMNS);
    arguments.add(String.join(",", columns));
    return new LatestHash(address.name() + ":" + about, arguments);
  }

  private static @Nullable Long expires(RedisAddress address, JsonNode key, JsonNode row) {
    if (row.hasNonNull(EXPIRES)) {
      return Instant.parse(row.get(EXPIRES).asText()).toEpochMilli();
    } else if (address.ttl() == null) {
      return null;
    }
    return Instant.parse(key.get(END).asText()).minusMillis(1).plus(address.ttl()).toEpochMilli();
  }

  private static List<String> keyColumns(Iterable<String> ofKey) {
    Set<String> columns = new LinkedHashSet<>();
    ofKey.forEach(columns::add);
    columns.remove(START);
    columns.remove(END);
    return List.copyOf(columns);
  }

  /**
   * Checks that rows can be kept so.
   *
   * @throws dhara.options.BadOption if they have no window, or their key has no such column
   */
  static void check(Endpoint endpoint, RedisAddress address, Connector.Rows<?> rows) {
    if (address.form() != RedisAddress.Form.LATEST) {
      return;
    }
    List<String> key = rows.format().keyColumns();
    if (!key.contains(END)) {
      throw endpoint.bad(
          "as=latest takes answers of windows, of which it keeps the newest, and "
              + rows.name()
              + " has none; as=hash keeps the newest revision of each key");
    }
    List<String> columns = keyColumns(key);
    for (String column : address.by()) {
      if (!columns.contains(column)) {
        throw endpoint.bad(
            "by="
                + String.join(",", address.by())
                + " names '"
                + column
                + "', which is no column of the key of "
                + rows.name()
                + "; these are "
                + String.join(", ", columns));
      }
    }
  }

  /**
   * The columns of a hash in the order of a row: key, window, revision, value.
   *
   * @param key the key of the hash after its name, as JSON
   * @param hash its fields
   */
  static ObjectNode columns(String key, Map<String, String> hash) {
    ObjectNode row = RowJson.object();
    String named = hash.get(KEY_COLUMNS);
    Iterable<String> columns =
        named == null
            ? keyColumns(RedisCarrier.json(key)::fieldNames)
            : List.of(named.split(",", -1));
    columns.forEach(column -> row.put(column, hash.get(column)));
    List.of(START, END, REVISION).forEach(column -> row.put(column, hash.get(column)));
    for (String name : new TreeSet<>(hash.keySet())) {
      if (!row.has(name) && !name.equals(KEY_COLUMNS)) {
        row.put(name, hash.get(name));
      }
    }
    return row;
  }
}
