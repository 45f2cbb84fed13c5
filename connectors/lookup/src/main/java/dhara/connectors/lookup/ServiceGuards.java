package dhara.connectors.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dhara.transforms.call.ServiceReply;
import dhara.transforms.call.ServiceTerms;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the calls to one service share in a process: the client, the answers that are known, the
 * circuit breaker, and the limits of rate and of calls in flight. Some engines give each thread a
 * copy of a step.
 */
final class ServiceGuards {

  /** How many of the latest calls the breaker judges, and from half as many on it does so. */
  private static final int JUDGED = 10;

  /** A service that is busy and does not say for how long is left alone for this time. */
  private static final Duration SHORT_PAUSE = Duration.ofMillis(100);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

  private static final Map<ServiceTerms, ServiceGuards> USED = new HashMap<>();

  private final ServiceTerms terms;
  private final LookupClient client;
  private final CircuitBreaker breaker;
  private final @Nullable RateLimiter limiter;
  private final Semaphore free;
  private final @Nullable Cache<String, ServiceReply> known;
  private final AtomicLong pausedUntilMillis = new AtomicLong();
  private int users;

  /** Whether a call may begin. */
  enum Admission {
    /** It may. */
    NOW,
    /** Not yet. */
    LATER,
    /** The service has failed too often. */
    NOT
  }

  private ServiceGuards(ServiceTerms terms, LookupClient client) {
    this.terms = terms;
    this.client = client;
    this.breaker =
        CircuitBreaker.of(
            "service",
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(JUDGED)
                .minimumNumberOfCalls(JUDGED / 2)
                .failureRateThreshold(50)
                .waitDurationInOpenState(terms.breaker())
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    this.limiter =
        terms.rate() == 0
            ? null
            : RateLimiter.of(
                "service",
                RateLimiterConfig.custom()
                    .limitForPeriod(terms.rate())
                    .limitRefreshPeriod(Duration.ofSeconds(1))
                    .timeoutDuration(Duration.ZERO)
                    .build());
    this.free = new Semaphore(terms.inFlight());
    this.known =
        terms.cacheFor().isZero()
            ? null
            : Caffeine.newBuilder()
                .maximumSize(terms.cacheKeys())
                .expireAfterWrite(terms.cacheFor())
                .build();
  }

  /**
   * The guards of a service in this process.
   *
   * @param client opens the client for the first user
   */
  static ServiceGuards join(ServiceTerms terms, Supplier<LookupClient> client) {
    synchronized (USED) {
      ServiceGuards guards = USED.computeIfAbsent(terms, of -> new ServiceGuards(of, client.get()));
      guards.users++;
      return guards;
    }
  }

  /** Ends the use by one user; the last one forgets what is known. */
  void leave() {
    synchronized (USED) {
      users--;
      if (users == 0) {
        USED.remove(terms);
      }
    }
  }

  /** The client of the service. */
  LookupClient client() {
    return client;
  }

  /** The answer of before, if it may still be used. */
  @Nullable ServiceReply known(String key) {
    return known == null ? null : known.getIfPresent(key);
  }

  /** Keeps an answer for events to come; a failure is not kept. */
  void keep(String key, ServiceReply reply) {
    if (known != null && reply.outcome().answered()) {
      known.put(key, reply);
    }
  }

  /** Lets a call begin, which must then be {@linkplain #judge judged}. */
  Admission admit() {
    if (pausedMillis() > 0 || !free.tryAcquire()) {
      return Admission.LATER;
    }
    if (!breaker.tryAcquirePermission()) {
      free.release();
      return Admission.NOT;
    }
    if (limiter != null && !limiter.acquirePermission()) {
      breaker.releasePermission();
      free.release();
      return Admission.LATER;
    }
    return Admission.NOW;
  }

  /** Takes what came of a call that was admitted. */
  void judge(LookupReply reply, long nanos) {
    switch (reply.outcome()) {
      // It says nothing about whether the service works.
      case BUSY -> {
        breaker.releasePermission();
        pause(reply.pause().isZero() ? SHORT_PAUSE : reply.pause());
      }
      case FAILED, TIMEOUT, UNREADABLE -> {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, new IOException("" + reply.outcome()));
        pause(reply.pause());
      }
      default -> breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
    free.release();
  }

  private void pause(Duration pause) {
    long until = System.currentTimeMillis() + pause.toMillis();
    pausedUntilMillis.accumulateAndGet(until, Math::max);
  }

  private long pausedMillis() {
    return pausedUntilMillis.get() - System.currentTimeMillis();
  }

  /** How long it is not worth asking for {@link Admission} again. */
  Duration patience() {
    Duration paused = Duration.ofMillis(pausedMillis());
    return paused.compareTo(LOOK_AGAIN) > 0 ? paused : LOOK_AGAIN;
  }
}
