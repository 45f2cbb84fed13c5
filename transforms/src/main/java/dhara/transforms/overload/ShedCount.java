package dhara.transforms.overload;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What became of the answers of a bundle.
 *
 * @param given all of them
 * @param shed those that were not passed on
 * @param from the earliest start of a window of one that was shed; null if none was
 * @param until the latest end of such a window; null if none was
 */
public record ShedCount(long given, long shed, @Nullable Instant from, @Nullable Instant until) {}
