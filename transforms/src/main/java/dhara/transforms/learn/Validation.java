package dhara.transforms.learn;

import dhara.records.ByteForm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How good the scores of some examples were. If each was given before its example was learned from,
 * this is a progressive validation: it is as honest as a set held out, and needs none (Blum, Kalai,
 * Langford, "Beating the Hold-Out", COLT 1999).
 *
 * <p>Sums are taken in the order of the examples, which must be fixed. It is modified by {@link
 * #add}, and belongs to one thread. State: 8 kB.
 */
public final class Validation implements ByteForm {

  /** Scores are ranked by their log-odds in steps of a 64th, from -8 to 8. */
  private static final int BINS = 1_024;

  private static final int PER_ONE = 64;
  private static final double LEAST = -8;

  private final int[] positives = new int[BINS];
  private final int[] negatives = new int[BINS];
  private double losses;
  private double probabilities;

  private Validation() {}

  /** Of no examples. */
  public static Validation none() {
    return new Validation();
  }

  /**
   * Adds an example.
   *
   * @param logOdds its score
   * @param label what came of it
   */
  public void add(double logOdds, boolean label) {
    int bin = (int) Math.max(0, Math.min(BINS - 1, Math.floor((logOdds - LEAST) * PER_ONE)));
    (label ? positives : negatives)[bin]++;
    losses += Logistic.lossAt(logOdds, label);
    probabilities += Logistic.probability(logOdds);
  }

  /** How many examples there are. */
  public long examples() {
    return positives() + Arrays.stream(negatives).asLongStream().sum();
  }

  /** How many of them are positive. */
  public long positives() {
    return Arrays.stream(positives).asLongStream().sum();
  }

  /** The mean of -log p of what came, in nats; NaN without examples. */
  public double logLoss() {
    return losses / examples();
  }

  /** The mean of the probabilities; NaN without examples. */
  public double meanProbability() {
    return probabilities / examples();
  }

  /**
   * The area under the ROC curve: how likely a positive example has a greater score than a negative
   * one, where scores in one step of log-odds count as equal, that is as half. NaN unless there are
   * examples of both kinds.
   */
  public double auc() {
    long twiceAbove = 0;
    long below = 0;
    for (int bin = 0; bin < BINS; bin++) {
      twiceAbove += positives[bin] * (2 * below + negatives[bin]);
      below += negatives[bin];
    }
    return twiceAbove / (2.0 * positives() * below);
  }

  @Override
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Double.BYTES + 2 * Integer.BYTES * BINS);
    bytes.putDouble(losses).putDouble(probabilities);
    bytes.asIntBuffer().put(positives).put(negatives);
    return bytes.array();
  }

  static Validation fromBytes(byte[] bytes) {
    if (bytes.length != 2 * Double.BYTES + 2 * Integer.BYTES * BINS) {
      throw new IllegalArgumentException("no validation has " + bytes.length + " bytes");
    }
    Validation validation = new Validation();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    validation.losses = from.getDouble();
    validation.probabilities = from.getDouble();
    from.asIntBuffer().get(validation.positives).get(validation.negatives);
    return validation;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Validation that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }
}
