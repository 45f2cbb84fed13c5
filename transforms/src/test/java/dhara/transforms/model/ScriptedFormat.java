package dhara.transforms.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Models for tests with the one feature {@code x}: {@code p 0.25} gives each row 0.25, {@code fails
 * 7} fails on a batch with the value 7 and gives other rows 0.5, {@code waits NAME} gives 0.75, and
 * to the value 9 once somebody has counted {@link #LATCHES} down.
 */
@AutoService(ModelFormat.class)
public final class ScriptedFormat implements ModelFormat {

  private static final float WAITED_FOR = 9;

  static final Map<String, CountDownLatch> LATCHES = new ConcurrentHashMap<>();

  /** How many were read and not closed yet, by their text. */
  static final Map<String, AtomicInteger> OPEN = new ConcurrentHashMap<>();

  /** How many were ever read, by their text. */
  static final Map<String, AtomicInteger> READ = new ConcurrentHashMap<>();

  @Override
  public String extension() {
    return "scripted";
  }

  @Override
  public Model read(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    count(READ, text).incrementAndGet();
    count(OPEN, text).incrementAndGet();
    return new Scripted(text);
  }

  static AtomicInteger count(Map<String, AtomicInteger> counts, String text) {
    return counts.computeIfAbsent(text, of -> new AtomicInteger());
  }

  private record Scripted(String text) implements Model {

    @Override
    public List<String> features() {
      return List.of("x");
    }

    @Override
    public void score(float[][] rows, int count, double[] into) {
      String argument = text.substring(text.indexOf(' ') + 1);
      for (int n = 0; n < count; n++) {
        if (text.startsWith("p ")) {
          into[n] = Double.parseDouble(argument);
        } else if (text.startsWith("fails ")) {
          if (rows[n][0] == Float.parseFloat(argument)) {
            throw new BadModel("it fails on " + rows[n][0]);
          }
          into[n] = 0.5;
        } else {
          if (rows[n][0] == WAITED_FOR) {
            await(argument);
          }
          into[n] = 0.75;
        }
      }
    }

    private static void await(String name) {
      try {
        LATCHES.get(name).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      count(OPEN, text).decrementAndGet();
    }
  }
}
