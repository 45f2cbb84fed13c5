package dhara.transforms.order;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How far the fold of a key has come.
 *
 * @param state what is remembered
 * @param last the time of the key's last event
 * @param wake when to wake the fold; null if never
 */
record FoldProgress<S>(S state, Instant last, @Nullable Instant wake) {}
