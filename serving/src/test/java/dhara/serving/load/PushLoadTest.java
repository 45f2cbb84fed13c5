package dhara.serving.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;

import dhara.serving.api.ViewServer;
import dhara.serving.shop.HttpAsk;
import dhara.serving.shop.ServedShop;
import dhara.serving.store.StoredRow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the stream of changes with a thousand clients: how long from a commit to the last byte
 * of its event at a client, while twenty rows are committed five times a second, and ten more
 * clients read nothing. It prints what it finds; it fails only if a client gets nothing.
 *
 * <p>{@code -Ddhara.load.listeners} and {@code .seconds} set other sizes.
 */
@EnabledIfSystemProperty(named = "dhara.full", matches = "true")
class PushLoadTest {

  private static final int LISTENERS = Integer.getInteger("dhara.load.listeners", 1_000);
  private static final int STUCK = 10;
  private static final int ROWS = 20;
  private static final long PAUSE = 200;
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("dhara.load.seconds", 20));

  private static final Pattern COMMITTED = Pattern.compile("\"at\":\"([^\"]+)\"");

  /** A client: what it has read of the event that is not whole yet. */
  private static final class Listener {
    private final StringBuilder text = new StringBuilder();
    private long events;
  }

  @Test
  void aThousandClients() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong commits = new AtomicLong();
    List<Long> delays = new ArrayList<>();
    List<SocketChannel> channels = new ArrayList<>();
    try (ServedShop shop = ServedShop.open();
        ViewServer server = shop.serve();
        Selector selector = Selector.open()) {
      List<Listener> listeners = new ArrayList<>();
      for (int i = 0; i < LISTENERS + STUCK; i++) {
        SocketChannel channel = connect(server.address(), i >= LISTENERS);
        channels.add(channel);
        if (i < LISTENERS) {
          Listener listener = new Listener();
          listeners.add(listener);
          channel.configureBlocking(false);
          channel.register(selector, SelectionKey.OP_READ, listener);
        }
      }
      Thread writer = new Thread(() -> write(shop, over, commits));
      writer.start();
      long until = System.nanoTime() + TIME.toNanos();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (System.nanoTime() < until) {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          read((SocketChannel) key.channel(), (Listener) key.attachment(), buffer, delays);
        }
        selector.selectedKeys().clear();
      }
      over.set(true);
      writer.join();

      long least = listeners.stream().mapToLong(listener -> listener.events).min().orElse(0);
      delays.sort(null);
      System.out.printf(
          "%,d clients and %d that read nothing, %d commits of %d rows in %d s: %,d events,"
              + " at least %d a client; from commit to client p50 %d ms, p95 %d ms, p99 %d ms%n",
          LISTENERS,
          STUCK,
          commits.get(),
          ROWS,
          TIME.toSeconds(),
          delays.size(),
          least,
          delays.get(delays.size() / 2),
          delays.get(delays.size() * 95 / 100),
          delays.get(delays.size() * 99 / 100));
      HttpAsk.text(new HttpAsk(server.address()).get("/metrics"))
          .lines()
          .filter(line -> line.startsWith("dhara_push") || line.startsWith("dhara_heap"))
          .forEach(System.out::println);
      assertThat(least, greaterThan(0L));
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  private static SocketChannel connect(URI address, boolean stuck) throws IOException {
    SocketChannel channel = SocketChannel.open();
    if (stuck) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
    }
    channel.connect(new InetSocketAddress(address.getHost(), address.getPort()));
    String request =
        "GET /api/changes?views=shop.sales HTTP/1.1\r\nHost: "
            + address.getAuthority()
            + "\r\n\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
    return channel;
  }

  private static void write(ServedShop shop, AtomicBoolean over, AtomicLong commits) {
    try {
      while (!over.get()) {
        List<StoredRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
          rows.add(shop.sale("category " + i, 0, commits.get()));
        }
        shop.commit(rows);
        commits.incrementAndGet();
        Thread.sleep(PAUSE); // the pace of the commits is what is measured
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException("the writer failed", e);
    }
  }

  private static void read(
      SocketChannel channel, Listener listener, ByteBuffer buffer, List<Long> delays)
      throws IOException {
    buffer.clear();
    if (channel.read(buffer) < 0) {
      throw new IOException("the server closed a connection that reads");
    }
    listener.text.append(UTF_8.decode(buffer.flip()));
    for (int end = listener.text.indexOf("\nid: ");
        end >= 0;
        end = listener.text.indexOf("\nid: ")) {
      Matcher committed = COMMITTED.matcher(listener.text.substring(0, end));
      if (committed.find()) {
        Instant at = Instant.parse(committed.group(1));
        delays.add(Duration.between(at, Instant.now()).toMillis());
        listener.events++;
      }
      listener.text.delete(0, end + 1);
    }
  }
}
