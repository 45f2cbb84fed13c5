package dhara.connectors.lookup;

import dhara.transforms.call.CallOutcome;
import dhara.transforms.call.CallService;
import dhara.transforms.call.ServiceReply;
import dhara.transforms.call.ServiceTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a service in batches, several at once, with the {@link ServiceGuards} of the process, and
 * waits for the replies at most the timeout. A call that failed, or came when the service was busy,
 * is made once more if there is time.
 */
final class GuardedService implements CallService {

  private static final int ATTEMPTS = 2;

  /** The least time for a call, in nanoseconds: clients count milliseconds. */
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);

  private final ServiceTerms terms;
  private final ServiceGuards guards;
  private final LookupClient client;

  /**
   * Opens the service.
   *
   * @param client opens its client, if this is the first user in this process
   */
  GuardedService(ServiceTerms terms, Supplier<LookupClient> client) {
    this.terms = terms;
    this.guards = ServiceGuards.join(terms, client);
    this.client = guards.client();
  }

  /**
   * Keys that are asked about together.
   *
   * @param attempt from 1
   * @param last what came of the attempt before; {@code BUSY} before the first
   */
  private record Batch(List<String> keys, int attempt, CallOutcome last) {}

  /** What came of a batch. */
  private record Landed(Batch batch, LookupReply reply, Instant askedAt) {}

  @Override
  public Map<String, ServiceReply> ask(Set<String> keys) throws InterruptedException {
    Map<String, ServiceReply> replies = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    for (String key : keys) {
      ServiceReply known = guards.known(key);
      if (known == null) {
        unknown.add(key);
      } else {
        replies.put(key, known);
      }
    }
    if (!unknown.isEmpty()) {
      new Round(unknown, replies).fly();
    }
    return replies;
  }

  @Override
  public void close() {
    guards.leave();
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /** The calls about some keys. */
  private final class Round {

    private final long end = System.nanoTime() + terms.timeout().toNanos();
    private final Map<String, ServiceReply> replies;
    private final Deque<Batch> waiting = new ArrayDeque<>();
    private final Set<Batch> flying = Collections.newSetFromMap(new IdentityHashMap<>());
    private final BlockingQueue<Landed> landed = new LinkedBlockingQueue<>();

    Round(List<String> keys, Map<String, ServiceReply> replies) {
      this.replies = replies;
      for (int i = 0; i < keys.size(); i += client.batch()) {
        List<String> some = keys.subList(i, Math.min(i + client.batch(), keys.size()));
        waiting.add(new Batch(some, 1, CallOutcome.BUSY));
      }
    }

    void fly() throws InterruptedException {
      long left = left();
      while (left >= SHORTEST && !(waiting.isEmpty() && flying.isEmpty())) {
        Landed next = landed.poll(Math.min(launch(), left), TimeUnit.NANOSECONDS);
        if (next != null) {
          land(next);
        }
        left = left();
      }
      waiting.forEach(batch -> fail(batch, batch.last, now()));
      flying.forEach(batch -> fail(batch, CallOutcome.TIMEOUT, now()));
    }

    private long left() {
      return end - System.nanoTime();
    }

    /** Begins the calls that may begin; returns for how long nothing else is to be done. */
    private long launch() {
      while (!waiting.isEmpty()) {
        switch (guards.admit()) {
          case NOT -> {
            waiting.forEach(batch -> fail(batch, CallOutcome.BREAKER_OPEN, now()));
            waiting.clear();
          }
          case LATER -> {
            long patience = guards.patience().toNanos();
            if (patience < left()) {
              return patience;
            }
            waiting.forEach(batch -> fail(batch, batch.last, now()));
            waiting.clear();
          }
          case NOW -> begin(waiting.poll());
        }
      }
      return flying.isEmpty() ? 0 : Long.MAX_VALUE;
    }

    private void begin(Batch batch) {
      flying.add(batch);
      Instant askedAt = now();
      long begun = System.nanoTime();
      Duration within = Duration.ofNanos(Math.max(left(), SHORTEST));
      var unused =
          client
              .look(batch.keys, within)
              .whenComplete(
                  (reply, bug) -> {
                    LookupReply came = bug == null ? reply : LookupReply.of(CallOutcome.FAILED);
                    guards.judge(came, System.nanoTime() - begun);
                    landed.add(new Landed(batch, came, askedAt));
                  });
    }

    private void land(Landed next) {
      Batch batch = next.batch;
      flying.remove(batch);
      CallOutcome outcome = next.reply.outcome();
      boolean passing = outcome == CallOutcome.FAILED || outcome == CallOutcome.BUSY;
      if (passing && batch.attempt < ATTEMPTS) {
        waiting.add(new Batch(batch.keys, batch.attempt + 1, outcome));
      } else if (outcome != CallOutcome.FOUND) {
        fail(batch, outcome, next.askedAt);
      } else {
        for (String key : batch.keys) {
          String body = next.reply.bodies().get(key);
          ServiceReply reply =
              new ServiceReply(
                  body == null ? CallOutcome.UNKNOWN : CallOutcome.FOUND, body, next.askedAt);
          guards.keep(key, reply);
          replies.put(key, reply);
        }
      }
    }

    private void fail(Batch batch, CallOutcome outcome, Instant askedAt) {
      batch.keys.forEach(key -> replies.put(key, new ServiceReply(outcome, null, askedAt)));
    }
  }
}
