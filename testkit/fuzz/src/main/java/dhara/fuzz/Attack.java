package dhara.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Attacks code with hostile inputs, one after the other. An input fails the attack if
 *
 * <ul>
 *   <li>the code throws: it takes an input or refuses it in the way that it documents, and the test
 *       catches no other exception;
 *   <li>the code allocates more than {@link #BYTES} and {@link #BYTES_PER_BYTE} for each byte of
 *       the input, garbage included;
 *   <li>the code is at the same input for some minutes, which is far above what any of them takes.
 * </ul>
 *
 * <p>The inputs follow from the attack's name, the seed and their number. System properties:
 *
 * <ul>
 *   <li>{@code dhara.fuzz.count}: the inputs of all attacks together, of which each has its share;
 *       by default 20,000
 *   <li>{@code dhara.fuzz.seed}: by default 2026
 *   <li>{@code dhara.fuzz.input}: the number of a single input, to run it alone
 * </ul>
 *
 * <p>Codes that remember earlier inputs, such as parsers, may need all of them to fail again.
 */
public final class Attack {

  /** What any input may allocate, in bytes: buffers, and classes that only it needs. */
  public static final long BYTES = 16L << 20;

  /** What it may allocate for each of its bytes. */
  public static final long BYTES_PER_BYTE = 64;

  private static final long COUNT = Long.getLong("dhara.fuzz.count", 20_000);
  private static final long SEED = Long.getLong("dhara.fuzz.seed", 2026);
  private static final Long ONLY = Long.getLong("dhara.fuzz.input");
  private static final Duration HANGS = Duration.ofMinutes(3);
  private static final int SHARES = 1_000;
  private static final int SHOWN = 2_000;

  /** Makes an input. */
  @FunctionalInterface
  public interface Making {
    byte[] make(SplittableRandom random);
  }

  /** What is attacked. */
  @FunctionalInterface
  public interface Attacked {

    /**
     * Takes an input.
     *
     * @return a word for what became of it, by which inputs are counted
     */
    String take(byte[] input) throws Exception;
  }

  private final String name;
  private final int share;
  private final long bytes;

  private Attack(String name, int share, long bytes) {
    this.name = name;
    this.share = share;
    this.bytes = bytes;
  }

  /**
   * An attack.
   *
   * @param name the name, which decides its inputs
   * @param share how many of 1,000 inputs of all attacks are its own
   */
  public static Attack of(String name, int share) {
    return new Attack(name, share, BYTES);
  }

  /** The same with another bound of the bytes that any input may allocate. */
  public Attack allocating(long newBytes) {
    return new Attack(name, share, newBytes);
  }

  /**
   * Attacks.
   *
   * @return how many inputs came to each end
   * @throws AssertionError if an input fails it; with the seed and the input
   */
  public Map<String, Long> on(Making making, Attacked attacked) {
    Run run = new Run(making, attacked);
    Thread thread = new Thread(run, "attack on " + name);
    thread.setDaemon(true);
    thread.start();
    long before = -1;
    while (thread.isAlive()) {
      try {
        thread.join(HANGS.toMillis());
      } catch (InterruptedException e) {
        throw new AssertionError(run.where("interrupted"), e);
      }
      if (thread.isAlive() && run.number == before) {
        AssertionError hangs = new AssertionError(run.where("does not end"));
        hangs.setStackTrace(thread.getStackTrace());
        throw hangs;
      }
      before = run.number;
    }
    if (run.failure != null) {
      throw run.failure;
    }
    if (System.getProperty("dhara.fuzz.count") != null) {
      System.out.printf(
          Locale.ROOT,
          "fuzz %s: %,d inputs, %,d bytes, %.1f s of CPU, at most %,d bytes allocated: %s%n",
          name,
          run.ends.values().stream().mapToLong(n -> n).sum(),
          run.length,
          run.cpuNanos / 1e9,
          run.most,
          run.ends);
    }
    return run.ends;
  }

  private final class Run implements Runnable {

    private final Making making;
    private final Attacked attacked;
    private final Map<String, Long> ends = new TreeMap<>();
    private volatile long number;
    private volatile byte[] input = {};
    private volatile AssertionError failure;
    private long length;
    private long most;
    private long cpuNanos;

    Run(Making making, Attacked attacked) {
      this.making = making;
      this.attacked = attacked;
    }

    @Override
    public void run() {
      ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long count = ONLY == null ? Math.max(1, COUNT * share / SHARES) : 1;
      for (long i = 0; i < count && failure == null; i++) {
        number = ONLY == null ? i : ONLY;
        input = making.make(new SplittableRandom(SEED ^ ((long) name.hashCode() << 32) ^ number));
        length += input.length;
        if (i == 0) {
          warmUp();
        }
        if (failure == null) {
          take(thread);
        }
      }
      cpuNanos = thread.getCurrentThreadCpuTime();
    }

    /** Loads classes, which is not counted. */
    private void warmUp() {
      attack(input.clone());
      ends.clear();
    }

    private void attack(byte[] given) {
      try {
        ends.merge(attacked.take(given), 1L, Long::sum);
      } catch (Throwable e) { // whatever it is, it is not what the code documents
        failure = new AssertionError(where("threw " + e), e);
      }
    }

    private void take(ThreadMXBean thread) {
      byte[] given = input.clone();
      long before = thread.getCurrentThreadAllocatedBytes();
      attack(given);
      if (failure != null) {
        return;
      }
      long allocated = thread.getCurrentThreadAllocatedBytes() - before;
      most = Math.max(most, allocated);
      long allowed = bytes + BYTES_PER_BYTE * given.length;
      if (allocated > allowed) {
        failure =
            new AssertionError(
                where("allocated %,d bytes, more than %,d".formatted(allocated, allowed)));
      }
    }

    private String where(String what) {
      byte[] shown = input;
      return "%s, input %d (-Ddhara.fuzz.seed=%d -Ddhara.fuzz.input=%d) %s: %,d bytes, %s"
          .formatted(name, number, SEED, number, what, shown.length, escaped(shown));
    }
  }

  /** Bytes as text, with escapes for what is not ASCII; only the first of many. */
  static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    String start =
        new String(
            Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN)), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      if (c >= ' ' && c < 0x7F && c != '\\') {
        text.append(c);
      } else {
        text.append(String.format("\\x%02x", (int) c));
      }
    }
    return bytes.length > SHOWN ? text.append('…').toString() : text.toString();
  }
}
