package dhara.transforms.call;

import java.io.Serializable;
import java.time.Duration;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a service is asked.
 *
 * @param uri where it is; a text {@code {key}} stands for the key
 * @param token a reference to a secret that opens it; null if it needs none
 * @param timeout how long a bundle of events waits for its replies
 * @param batch how many keys a call may have at most
 * @param inFlight how many calls of a process are open at once
 * @param rate the most calls of a process in a second; 0 for any number
 * @param cacheFor how long an answer is used again; zero for never
 * @param cacheKeys how many answers are kept for that at most
 * @param breaker how long a service that failed is left alone
 */
public record ServiceTerms(
    String uri,
    @Nullable String token,
    Duration timeout,
    int batch,
    int inFlight,
    int rate,
    Duration cacheFor,
    long cacheKeys,
    Duration breaker)
    implements Serializable {}
