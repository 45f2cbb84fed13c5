package dhara.transforms.backfill;

import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;

/**
 * How the sums of keys are decoded and added up.
 *
 * @param keys the coder of keys
 * @param sums the coder of sums
 * @param plus adds up; may modify its first argument
 */
public record Summing<K, AccT>(Coder<K> keys, Coder<AccT> sums, BinaryOperator<AccT> plus) {}
