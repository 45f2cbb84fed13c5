package dhara.testkit;

import dhara.transforms.tally.TallyFn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * The laws that a tally must obey, so that a stream and a backfill settle on the same answer
 * however their events are ordered and their work is split. A test is one line:
 *
 * <pre>{@code
 * TallyLaws.hold(
 *     TallyFn.of(Sums.class, Sums::of), random -> new Click("id-" + random.nextInt(50), …));
 * }</pre>
 *
 * <ul>
 *   <li>{@code a + b = b + a}, {@code (a + b) + c = a + (b + c)}, {@code zero + a = a + zero = a}
 *   <li>a sum is a function of its events: in any order, and in any tree of parts, some of which
 *       were encoded and decoded, its bytes and the answer are the same to the last bit
 *   <li>encoding a decoded sum gives the same bytes again
 *   <li>adding up does not modify the right operand and zero, even when the sum grows later; taking
 *       an answer does not modify the sum
 * </ul>
 *
 * <p>Events are made from a seed, so a failure is reproducible; it names the law, the seed and both
 * sides.
 */
public final class TallyLaws {

  private static final int TRIALS = 60;

  /**
   * Most trials have fewer events than this, so that small tallies are tested in all combinations.
   */
  private static final int FEW = 100;

  /**
   * One in this many trials has many events, so that sketches exceed the number of items that they
   * keep exactly.
   */
  private static final int MANY_EVERY = 10;

  private static final int MANY = 3000;

  private TallyLaws() {}

  /**
   * Checks the laws.
   *
   * @param events makes an event
   * @throws AssertionError naming the law that is broken
   */
  public static <InT> void hold(TallyFn<InT, ?, ?> fn, Function<Random, InT> events) {
    ofRecords(fn, events);
  }

  /** A record's coder does not depend on that of the events. */
  private static <InT, T extends Record> void ofRecords(
      TallyFn<InT, T, ?> fn, Function<Random, InT> events) {
    check(fn, fn.getAccumulatorCoder(CoderRegistry.createDefault(), null), events);
  }

  /**
   * Checks the laws.
   *
   * @param coder codes the events
   * @param events makes an event
   * @throws AssertionError naming the law that is broken
   */
  public static <InT> void hold(
      CombineFn<InT, ?, ?> fn, Coder<InT> coder, Function<Random, InT> events) {
    withCoder(fn, coder, events);
  }

  private static <InT, AccT> void withCoder(
      CombineFn<InT, AccT, ?> fn, Coder<InT> coder, Function<Random, InT> events) {
    try {
      check(fn, fn.getAccumulatorCoder(CoderRegistry.createDefault(), coder), events);
    } catch (CannotProvideCoderException e) {
      throw new AssertionError("no coder for what " + fn + " adds up", e);
    }
  }

  private static <InT, AccT> void check(
      CombineFn<InT, AccT, ?> fn, Coder<AccT> coder, Function<Random, InT> events) {
    for (int seed = 0; seed < TRIALS; seed++) {
      Random random = new Random(seed);
      int number = seed % MANY_EVERY == 0 ? MANY : random.nextInt(FEW);
      List<InT> made = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        made.add(events.apply(random));
      }
      try {
        new Trial<>(fn, coder, made, random).check();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", " + number + " events: " + e, e);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", " + number + " events: " + e.getMessage(), e);
      }
    }
  }

  /** The laws for some events. */
  private static final class Trial<InT, AccT, OutT> {

    /** A tally that was a right operand, and the bytes that it had. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Left<AccT>(AccT tally, byte[] bytes) {}

    private final CombineFn<InT, AccT, OutT> fn;
    private final Coder<AccT> coder;
    private final List<InT> events;
    private final Random random;
    private final List<Left<AccT>> rightOperands = new ArrayList<>();

    Trial(CombineFn<InT, AccT, OutT> fn, Coder<AccT> coder, List<InT> events, Random random) {
      this.fn = fn;
      this.coder = coder;
      this.events = events;
      this.random = random;
    }

    void check() {
      byte[] zero = bytes(fn.createAccumulator());
      byte[] sum = bytes(inOrder(events));
      sums(sum);
      pairs();
      canonical(sum);
      same("zero was changed", fn.createAccumulator(), zero);
      for (Left<AccT> each : rightOperands) {
        same("a + b changed b, then or when the sum grew", each.tally, each.bytes);
      }
    }

    private void sums(byte[] sum) {
      List<InT> shuffled = new ArrayList<>(events);
      Collections.shuffle(shuffled, random);
      same("the order of events matters", inOrder(shuffled), sum);
      same("the split of work matters", inParts(shuffled), sum);
    }

    private void pairs() {
      int a = random.nextInt(events.size() + 1);
      int b = random.nextInt(events.size() + 1);
      byte[] one = bytes(inOrder(events.subList(0, Math.min(a, b))));
      byte[] two = bytes(inOrder(events.subList(Math.min(a, b), Math.max(a, b))));
      byte[] three = bytes(inOrder(events.subList(Math.max(a, b), events.size())));
      same("a + b is not b + a", plus(of(two), of(one)), bytes(plus(of(one), of(two))));
      same(
          "(a + b) + c is not a + (b + c)",
          plus(of(one), plus(of(two), of(three))),
          bytes(plus(plus(of(one), of(two)), of(three))));
      same("zero + a is not a", plus(fn.createAccumulator(), of(one)), one);
      same("a + zero is not a", plus(of(one), fn.createAccumulator()), one);
      same("no tallies do not add up to zero", merge(List.of()), bytes(fn.createAccumulator()));
    }

    private void canonical(byte[] sum) {
      AccT decoded = of(sum);
      same("what was decoded has other bytes", decoded, sum);
      AccT fresh = inOrder(events);
      OutT answer = fn.extractOutput(fresh);
      same("taking an answer changed the sum", fresh, sum);
      OutT ofDecoded = fn.extractOutput(decoded);
      if (!Objects.equals(answer, ofDecoded)) {
        throw new AssertionError(
            "what was decoded answers otherwise: " + answer + " and then " + ofDecoded);
      }
    }

    /** Adds up event by event, as within a bundle. */
    private AccT inOrder(List<InT> some) {
      AccT sum = fn.createAccumulator();
      for (InT event : some) {
        sum = fn.addInput(sum, event);
      }
      return sum;
    }

    /** Adds up in a random tree of parts, some empty, some encoded and decoded. */
    private AccT inParts(List<InT> some) {
      List<AccT> parts = new ArrayList<>(List.of(fn.createAccumulator()));
      for (int from = 0; from < some.size(); ) {
        int to = Math.min(some.size(), from + random.nextInt(1 + some.size() / 2));
        parts.add(inOrder(some.subList(from, to)));
        from = to;
      }
      while (parts.size() > 1) {
        AccT left = parts.remove(random.nextInt(parts.size()));
        AccT right = parts.remove(random.nextInt(parts.size()));
        AccT sum = plus(left, right);
        parts.add(random.nextBoolean() ? sum : of(bytes(sum)));
      }
      return parts.get(0);
    }

    private AccT plus(AccT a, AccT b) {
      rightOperands.add(new Left<>(b, bytes(b)));
      return merge(Arrays.asList(a, b));
    }

    private AccT merge(List<AccT> tallies) {
      return fn.mergeAccumulators(tallies);
    }

    private byte[] bytes(AccT tally) {
      try {
        return CoderUtils.encodeToByteArray(coder, tally);
      } catch (CoderException e) {
        throw new AssertionError("cannot encode " + tally, e);
      }
    }

    private AccT of(byte[] bytes) {
      try {
        return CoderUtils.decodeFromByteArray(coder, bytes);
      } catch (CoderException e) {
        throw new AssertionError("cannot decode what was encoded", e);
      }
    }

    private void same(String law, AccT tally, byte[] expected) {
      byte[] actual = bytes(tally);
      if (!Arrays.equals(actual, expected)) {
        String one = of(expected).toString();
        String other = tally.toString();
        throw new AssertionError(
            law
                + ": "
                + one
                + " and "
                + (one.equals(other) ? "the same in other bytes, " + hex(actual) : other));
      }
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 64));
    }
  }
}
