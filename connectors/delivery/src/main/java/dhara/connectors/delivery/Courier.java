package dhara.connectors.delivery;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sends the rows of one output, with a limit of rows in flight, a rate limit and a circuit breaker,
 * and keeps the replies until they are asked for. No method waits.
 *
 * <p>All steps of a process that deliver one output share it, because some engines give each thread
 * a copy of a step. Replies are found by the whole row: if a stream is restored in this process,
 * the reply to a row that was sent before is still the reply to that row.
 */
final class Courier {

  /** How many of the latest attempts the breaker judges, and from how many on it does so. */
  private static final int JUDGED = 10;

  private static final long BLOCKED_MILLIS = 100;

  private static final Map<String, Courier> USED = new HashMap<>();

  private final String id;
  private final Carrier carrier;
  private final CircuitBreaker breaker;
  private final @Nullable RateLimiter limiter;
  private final Semaphore free;
  private final ConcurrentMap<Parcel, CompletableFuture<Reply>> flights = new ConcurrentHashMap<>();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong outages = new AtomicLong();
  private final AtomicLong pausedUntilMillis = new AtomicLong();
  private int users;

  private Courier(String id, DeliveryTerms terms, Carrier carrier) {
    this.id = id;
    this.carrier = carrier;
    this.breaker =
        CircuitBreaker.of(
            terms.output(),
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(JUDGED)
                .minimumNumberOfCalls(JUDGED / 2)
                .failureRateThreshold(50)
                .waitDurationInOpenState(terms.breaker())
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                opened.incrementAndGet();
                outages.incrementAndGet();
              }
            });
    this.limiter =
        terms.rate() == 0
            ? null
            : RateLimiter.of(
                terms.output(),
                RateLimiterConfig.custom()
                    .limitForPeriod(terms.rate())
                    .limitRefreshPeriod(Duration.ofSeconds(1))
                    .timeoutDuration(Duration.ZERO)
                    .build());
    this.free = new Semaphore(terms.inFlight());
  }

  /** The courier of an output in this process; opens it for the first user. */
  static Courier join(String id, DeliveryTerms terms, Carrier.Opening opening) {
    synchronized (USED) {
      Courier courier = USED.get(id);
      if (courier == null) {
        courier = new Courier(id, terms, opening.open());
        USED.put(id, courier);
      }
      courier.users++;
      return courier;
    }
  }

  /** Ends the use by one user; the last one closes it, and replies on their way are lost. */
  void leave() {
    synchronized (USED) {
      users--;
      if (users > 0) {
        return;
      }
      USED.remove(id);
    }
    carrier.close();
  }

  /** Takes the reply to a row, if it has come. */
  Optional<Reply> reply(Parcel parcel) {
    CompletableFuture<Reply> flight = flights.get(parcel);
    if (flight == null || !flight.isDone()) {
      return Optional.empty();
    }
    flights.remove(parcel);
    return Optional.of(flight.join());
  }

  /** Whether a row is on its way. */
  boolean carries(Parcel parcel) {
    return flights.containsKey(parcel);
  }

  /** Sends a row, and returns at once; false if nothing may be sent now. */
  boolean send(Parcel parcel) {
    if (System.currentTimeMillis() < pausedUntilMillis.get() || !free.tryAcquire()) {
      return false;
    }
    if (!breaker.tryAcquirePermission()) {
      free.release();
      return false;
    }
    if (limiter != null && !limiter.acquirePermission()) {
      breaker.releasePermission();
      free.release();
      return false;
    }
    long begun = System.nanoTime();
    flights.put(
        parcel,
        carrier
            .send(parcel)
            .exceptionally(failure -> Reply.failed(failure.getClass().getSimpleName()))
            .thenApply(
                reply -> {
                  judge(reply, System.nanoTime() - begun);
                  return reply;
                }));
    return true;
  }

  private void judge(Reply reply, long nanos) {
    switch (reply.kind()) {
      case TAKEN, REFUSED -> breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
      // It says nothing about whether the system works.
      case BUSY -> breaker.releasePermission();
      case FAILED -> breaker.onError(nanos, TimeUnit.NANOSECONDS, new IOException(reply.text()));
    }
    if (!reply.pause().isZero()) {
      long until = System.currentTimeMillis() + reply.pause().toMillis();
      pausedUntilMillis.accumulateAndGet(until, Math::max);
    }
    free.release();
  }

  /** How long to wait before it is worth trying to send again, in milliseconds. */
  long patienceMillis() {
    long pause = pausedUntilMillis.get() - System.currentTimeMillis();
    return Math.max(pause, BLOCKED_MILLIS);
  }

  /** Whether the breaker lets nothing pass. */
  boolean open() {
    return breaker() == 2;
  }

  /** The state of the breaker: 0 closed, 1 half-open, 2 open. */
  int breaker() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 2;
      case HALF_OPEN -> 1;
      default -> 0;
    };
  }

  /** How often the breaker has opened. */
  long outages() {
    return outages.get();
  }

  /** How often the breaker has opened since this was last asked. */
  long opened() {
    return opened.getAndSet(0);
  }
}
