package dhara.benchmarks.latency;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A JVM that reads the answers of {@link Freshness}, and computes for each event how old it was
 * when the first answer with it came.
 *
 * <p>An answer holds the number of its events, the sum of their times, and the newest time. The
 * difference from the previous answer of the same user and window gives the new events. For one
 * event, its time is the difference of the sums; for two, the newest is one, and the rest of the
 * difference the other; for more, or if none is the newest, the mean is used for all, and they are
 * counted as not exact. An event's latency is the time at which the poll with the answer returned,
 * minus the event's time.
 */
public final class Watch {

  /** Ages below this, in milliseconds, are told apart. */
  private static final long HIGHEST = 600_000;

  /**
   * What was seen.
   *
   * @param histogram of latencies in milliseconds of the events that happened in the measured time,
   *     HdrHistogram's compressed form in base64
   * @param exact how many of them have an exact time
   * @param events how many events all answers hold, measured or not
   * @param answers how many answers were read
   * @param seconds what was covered after each second
   * @param byWindowSecond the 99th percentile by the second of the window in which events happened
   */
  record Seen(
      String histogram,
      long exact,
      long events,
      long answers,
      List<Second> seconds,
      List<Long> byWindowSecond) {}

  /** How many events answers held by a moment of wall clock, epoch milliseconds. */
  record Second(long atMillis, long events) {}

  /** What is known of the users in a window. */
  private static final class Window {
    final int[] events;
    final long[] newest;
    final long[] total;

    Window(int users) {
      events = new int[users];
      newest = new long[users];
      total = new long[users];
    }
  }

  /** So many windows can be open. */
  private static final int WINDOWS = 4;

  private static final JsonFactory JACKSON = new JsonFactory();

  private final int users;
  private final long fromMillis;
  private final long untilMillis;
  private final TreeMap<Long, Window> windows = new TreeMap<>();
  private final Histogram histogram = new Histogram(HIGHEST, 3);
  private final List<Histogram> byWindowSecond = new ArrayList<>();
  private long exact;
  private long events;
  private long answers;

  private Watch(int users, long fromMillis, long untilMillis) {
    this.users = users;
    this.fromMillis = fromMillis;
    this.untilMillis = untilMillis;
    for (int i = 0; i < 60; i++) {
      byWindowSecond.add(new Histogram(HIGHEST, 2));
    }
  }

  /**
   * Reads until its input ends, or until answers hold as many events as its input says.
   *
   * @param args broker, topic, users, from when and until when events are measured, epoch
   *     milliseconds
   */
  public static void main(String[] args) throws IOException {
    PrintStream replies = System.out;
    System.setOut(System.err);
    Watch watch =
        new Watch(Integer.parseInt(args[2]), Long.parseLong(args[3]), Long.parseLong(args[4]));
    List<Second> seconds = new ArrayList<>();
    long goal = Long.MAX_VALUE;
    StringBuilder said = new StringBuilder();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                args[0],
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                20_000,
                ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                1 << 20,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(args[1]).stream()
              .map(info -> new TopicPartition(args[1], info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long nextSecond = System.currentTimeMillis() + 1000;
      boolean ended = false;
      while (!ended && watch.events < goal) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
        long now = System.currentTimeMillis();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          watch.answer(record.value(), now);
        }
        if (now >= nextSecond) {
          seconds.add(new Second(now, watch.events));
          nextSecond += 1000;
        }
        while (System.in.available() > 0) {
          int read = System.in.read();
          if (read == 'x') {
            ended = true;
          } else if (read == '\n') {
            goal = Long.parseLong(said.toString());
          } else {
            said.append((char) read);
          }
        }
      }
    }
    replies.println(new ObjectMapper().writeValueAsString(watch.seen(seconds)));
    replies.flush();
  }

  private Seen seen(List<Second> seconds) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    byte[] encoded = new byte[length];
    bytes.rewind();
    bytes.get(encoded);
    return new Seen(
        Base64.getEncoder().encodeToString(encoded),
        exact,
        events,
        answers,
        seconds,
        byWindowSecond.stream().map(h -> h.getValueAtPercentile(99)).toList());
  }

  private void answer(byte[] row, long now) throws IOException {
    int user = -1;
    long start = 0;
    int count = 0;
    long newest = 0;
    long total = 0;
    try (JsonParser json = JACKSON.createParser(row)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        var unused = json.nextToken();
        switch (name) {
          case "user" -> user = Integer.parseInt(json.getText().substring(1));
          case "window_start" -> start = minute(json.getText());
          case "events" -> count = json.getIntValue();
          case "newest_millis" -> newest = json.getLongValue();
          case "total_millis" -> total = json.getLongValue();
          default -> {}
        }
      }
    }
    answers++;
    Window window = windows.computeIfAbsent(start, s -> new Window(users));
    if (windows.size() > WINDOWS) {
      windows.pollFirstEntry();
    }
    int more = count - window.events[user];
    if (more > 0) {
      add(more, newest, newest > window.newest[user], total - window.total[user], now);
      window.events[user] = count;
      window.newest[user] = newest;
      window.total[user] = total;
      events += more;
    }
  }

  private void add(int more, long newest, boolean isNew, long total, long now) {
    if (more == 1) {
      add(total, 1, now, true);
    } else if (isNew) {
      add(newest, 1, now, true);
      add((total - newest) / (more - 1), more - 1, now, more == 2);
    } else {
      add(total / more, more, now, false);
    }
  }

  private void add(long at, long count, long now, boolean isExact) {
    if (at < fromMillis || at >= untilMillis) {
      return;
    }
    long latency = Math.min(HIGHEST, Math.max(0, now - at));
    histogram.recordValueWithCount(latency, count);
    byWindowSecond.get((int) (at / 1000 % 60)).recordValueWithCount(latency, count);
    exact += isExact ? count : 0;
  }

  private final Map<String, Long> minutes = new TreeMap<>();

  /** There are few windows: each text is read once. */
  private long minute(String text) {
    return minutes.computeIfAbsent(text, t -> java.time.Instant.parse(t).toEpochMilli());
  }
}
