package dhara.connectors.redis;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFormat;
import dhara.connectors.WrittenRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Hashes that {@link RedisCarrier} has written, read back: those of a name, and of names that
 * extend it by a suffix. Redis gives its keys in no order and while they change, so a hash that is
 * written meanwhile is read as it was or as it is. Values are text.
 */
final class HashResults implements ResultSet {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int BATCH = 1_000;

  /** Of a row, roughly. */
  private static final long BYTES = 500;

  private final Endpoint endpoint;
  private final RedisAddress address;

  /** How many hashes they have. */
  private final NavigableMap<String, Long> names;

  private HashResults(Endpoint endpoint, RedisAddress address, NavigableMap<String, Long> names) {
    this.endpoint = endpoint;
    this.address = address;
    this.names = names;
  }

  static HashResults of(Endpoint endpoint) {
    RedisAddress address = RedisAddress.of(endpoint, "", TIMEOUT);
    if (address.form() != RedisAddress.Form.HASH && address.form() != RedisAddress.Form.LATEST) {
      throw endpoint.bad(
          "only hashes are read back; write as=hash or as=latest, as they were written");
    }
    NavigableMap<String, Long> names = new TreeMap<>();
    RedisQuestions.ask(
        endpoint,
        address,
        redis -> {
          scan(redis, address.name(), keys -> keys.forEach(key -> count(names, address, key)));
          return names;
        });
    return new HashResults(endpoint, address, names);
  }

  private static void count(NavigableMap<String, Long> names, RedisAddress address, String key) {
    String rest = key.substring(address.name().length());
    int end = rest.indexOf(":{");
    if (end == 0) {
      names.merge("", 1L, Long::sum);
    } else if (end > 1 && rest.startsWith("-")) {
      names.merge(rest.substring(1, end), 1L, Long::sum);
    }
  }

  /** Passes on the keys of hashes that begin with a text; one may come twice. */
  private static void scan(Jedis redis, String begin, Consumer<List<String>> keys) {
    ScanParams params = new ScanParams().match(glob(begin)).count(BATCH);
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> found = redis.scan(cursor, params, "hash");
      keys.accept(found.getResult());
      cursor = found.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
  }

  private static String glob(String begin) {
    return begin.replaceAll("[\\\\*?\\[\\]^]", "\\\\$0") + "*";
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NavigableSet<String> names() {
    return Collections.unmodifiableNavigableSet(names.navigableKeySet());
  }

  /** False, because unrelated names may begin with this one. */
  @Override
  public boolean namesOutputs() {
    return false;
  }

  @Override
  public boolean textual(Iterable<String> ofNames) {
    return true;
  }

  @Override
  public long bytes(Iterable<String> ofNames) {
    long bytes = 0;
    for (String name : ofNames) {
      bytes += BYTES * names.getOrDefault(name, 0L);
    }
    return bytes;
  }

  @Override
  public <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> called,
      WrittenRow.Reader<T> reader,
      Coder<T> coder) {
    List<PCollection<T>> all = new ArrayList<>();
    called.forEach(
        (name, ofRows) ->
            all.add(
                pipeline
                    .apply(
                        step + "." + ofRows + ".Name",
                        Create.of(ofRows).withCoder(StringUtf8Coder.of()))
                    .apply(
                        step + "." + ofRows + ".Read",
                        ParDo.of(
                            new ReadFn<>(
                                address.named(address.name() + (name.isEmpty() ? "" : "-" + name)),
                                reader)))
                    .setCoder(coder)));
    return PCollectionList.of(all).apply(step, Flatten.pCollections()).setCoder(coder);
  }

  /** Reads the hashes of a name, and gives its rows the name that is its input. */
  private static final class ReadFn<T> extends DoFn<String, T> {

    private static final long serialVersionUID = 1L;

    private final RedisAddress address;
    private final WrittenRow.Reader<T> reader;
    private final Counter read = Metrics.counter("dhara", "read");

    ReadFn(RedisAddress address, WrittenRow.Reader<T> reader) {
      this.address = address;
      this.reader = reader;
    }

    @ProcessElement
    public void process(@Element String name, OutputReceiver<T> out) {
      JedisClientConfig settings = address.settings();
      String begin = address.name() + ":";
      try (Jedis scanning = new Jedis(address.server(), settings);
          Jedis reading = new Jedis(address.server(), settings)) {
        scan(
            scanning,
            begin + "{",
            keys ->
                hashes(reading, keys)
                    .forEach((key, hash) -> read(name, key, begin.length(), hash, out)));
      } catch (JedisException e) {
        throw new IllegalStateException(
            "redis://"
                + address.server()
                + "/"
                + address.name()
                + ": "
                + RedisCarrier.text(e, settings));
      }
    }

    private static Map<String, Map<String, String>> hashes(Jedis client, List<String> keys) {
      Map<String, Response<Map<String, String>>> asked = new LinkedHashMap<>();
      try (redis.clients.jedis.Pipeline batch = client.pipelined()) {
        keys.forEach(key -> asked.put(key, batch.hgetAll(key)));
        batch.sync();
      }
      Map<String, Map<String, String>> hashes = new LinkedHashMap<>();
      asked.forEach((key, hash) -> hashes.put(key, hash.get()));
      return hashes;
    }

    private void read(
        String name, String key, int begin, Map<String, String> hash, OutputReceiver<T> out) {
      if (hash.isEmpty()) {
        return; // it has expired since the scan
      }
      read.inc();
      ObjectNode columns = LatestHash.columns(key.substring(begin), hash);
      boolean withdrawn = columns.remove(RowFormat.WITHDRAWN) != null;
      T value = reader.read(new WrittenRow(name, columns, withdrawn, 0, "redis key=" + key));
      if (value != null) {
        out.output(value);
      }
    }
  }
}
