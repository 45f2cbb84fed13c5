package dhara.transforms.order.pattern;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.cep.configuration.SharedBufferCacheConfig;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.time.TimerService;
import org.apache.flink.configuration.Configuration;

/**
 * The same pattern in Flink CEP's own engine: its automaton and shared buffer, without a job.
 * Microseconds are taken for milliseconds.
 */
final class FlinkMatches {

  private static final TimerService NO_TIMERS = () -> 0;

  private final NFA<Signal> nfa;
  private final NFAState state;
  private final SharedBuffer<Signal> buffer;
  private final AfterMatchSkipStrategy skip;
  private final EventSteps names;
  private final Found found = new Found();

  FlinkMatches(Pattern<Signal> pattern) throws Exception {
    this.names = EventSteps.of(pattern);
    this.skip = skip(pattern.skip());
    org.apache.flink.cep.pattern.Pattern<Signal, ?> flink = convert(pattern.steps(), skip);
    if (pattern.withinMicros() != 0) {
      flink.within(Duration.ofMillis(pattern.withinMicros()));
    }
    this.nfa = NFACompiler.compileFactory(flink, true).createNFA();
    RuntimeContext context =
        (RuntimeContext)
            Proxy.newProxyInstance(
                RuntimeContext.class.getClassLoader(),
                new Class<?>[] {RuntimeContext.class},
                (proxy, method, arguments) -> null);
    nfa.open(context, new Configuration());
    this.state = nfa.createInitialNFAState();
    this.buffer =
        new SharedBuffer<>(
            new HeapStore(),
            new GenericTypeInfo<>(Signal.class).createSerializer(new SerializerConfigImpl()),
            new SharedBufferCacheConfig());
  }

  /** Runs the sequence with a watermark at each millisecond until the end. */
  Found run(List<Signal> signals, long end) throws Exception {
    SharedBufferAccessor<Signal> accessor = buffer.getAccessor();
    try {
      long now = 0;
      for (Signal signal : signals) {
        for (; now <= signal.micros(); now++) {
          advance(accessor, now);
        }
        report(
            nfa.process(accessor, state, signal, signal.micros(), skip, NO_TIMERS),
            signal.micros());
      }
      for (; now <= end; now++) {
        advance(accessor, now);
      }
      return found;
    } finally {
      accessor.close();
      buffer.releaseCacheStatisticsTimer();
      nfa.close();
    }
  }

  /** Runs the sequence with a watermark at each signal, as an operator would, and counts. */
  int count(List<Signal> signals) throws Exception {
    int matches = 0;
    for (Signal signal : signals) {
      SharedBufferAccessor<Signal> accessor = buffer.getAccessor();
      matches += nfa.advanceTime(accessor, state, signal.micros(), skip).f0.size();
      matches += nfa.process(accessor, state, signal, signal.micros(), skip, NO_TIMERS).size();
      accessor.close();
    }
    buffer.releaseCacheStatisticsTimer();
    nfa.close();
    return matches;
  }

  private void advance(SharedBufferAccessor<Signal> accessor, long now) throws Exception {
    Tuple2<
            Collection<Map<String, List<Signal>>>,
            Collection<Tuple2<Map<String, List<Signal>>, Long>>>
        result = nfa.advanceTime(accessor, state, now, skip);
    report(result.f0, now);
    for (Tuple2<Map<String, List<Signal>>, Long> late : result.f1) {
      found.timedOut.add(Found.text(late.f0, late.f1));
    }
  }

  private void report(Collection<Map<String, List<Signal>>> matches, long at) {
    matches.forEach(match -> found.matches.add(Found.text(match, at)));
  }

  private static AfterMatchSkipStrategy skip(AfterMatchSkip skip) {
    return switch (skip.to()) {
      case NONE -> AfterMatchSkipStrategy.noSkip();
      case NEXT -> AfterMatchSkipStrategy.skipToNext();
      case PAST_LAST -> AfterMatchSkipStrategy.skipPastLastEvent();
      case FIRST -> AfterMatchSkipStrategy.skipToFirst(skip.step());
      case LAST -> AfterMatchSkipStrategy.skipToLast(skip.step());
    };
  }

  private org.apache.flink.cep.pattern.Pattern<Signal, Signal> convert(
      List<Step<Signal>> steps, AfterMatchSkipStrategy skip) {
    org.apache.flink.cep.pattern.Pattern<Signal, Signal> flink = null;
    for (Step<Signal> step : steps) {
      flink = step.isGroup() ? group(flink, step, skip) : event(flink, step, skip);
      quantify(flink, step);
    }
    return flink;
  }

  private org.apache.flink.cep.pattern.Pattern<Signal, Signal> group(
      org.apache.flink.cep.pattern.Pattern<Signal, Signal> before,
      Step<Signal> step,
      AfterMatchSkipStrategy skip) {
    org.apache.flink.cep.pattern.Pattern<Signal, Signal> group =
        convert(step.group(), AfterMatchSkipStrategy.noSkip());
    if (before == null) {
      return org.apache.flink.cep.pattern.Pattern.begin(group, skip);
    }
    return switch (step.contiguity()) {
      case STRICT -> before.next(group);
      case RELAXED -> before.followedBy(group);
      case ANY -> before.followedByAny(group);
    };
  }

  private org.apache.flink.cep.pattern.Pattern<Signal, Signal> event(
      org.apache.flink.cep.pattern.Pattern<Signal, Signal> before,
      Step<Signal> step,
      AfterMatchSkipStrategy skip) {
    org.apache.flink.cep.pattern.Pattern<Signal, Signal> flink;
    if (before == null) {
      flink = org.apache.flink.cep.pattern.Pattern.begin(step.name(), skip);
    } else {
      flink =
          switch (step.kind()) {
            case NOT_NEXT -> before.notNext(step.name());
            case NOT_FOLLOWED_BY -> before.notFollowedBy(step.name());
            default ->
                switch (step.contiguity()) {
                  case STRICT -> before.next(step.name());
                  case RELAXED -> before.followedBy(step.name());
                  case ANY -> before.followedByAny(step.name());
                };
          };
    }
    return step.condition() == null ? flink : flink.where(condition(step.condition()));
  }

  private void quantify(
      org.apache.flink.cep.pattern.Pattern<Signal, Signal> flink, Step<Signal> step) {
    Quantifier times = step.quantifier();
    if (times.counted()) {
      if (times.loops()) {
        flink.timesOrMore(times.least());
      } else if (times.varies()) {
        flink.times(times.least(), times.most());
      } else {
        flink.times(times.least());
      }
    }
    if (times.optional()) {
      flink.optional();
    }
    if (times.greedy()) {
      flink.greedy();
    }
    if (times.inner() == Contiguity.STRICT) {
      flink.consecutive();
    } else if (times.inner() == Contiguity.ANY) {
      flink.allowCombinations();
    }
    if (step.until() != null) {
      flink.until(condition(step.until()));
    }
  }

  /** A condition that says itself how it is written for Flink. */
  interface Native {
    IterativeCondition<Signal> forFlink();
  }

  private IterativeCondition<Signal> condition(Criterion<Signal> criterion) {
    if (criterion.condition() instanceof Native written) {
      return written.forFlink();
    }
    return new Asked(criterion, names);
  }

  /** A criterion as a condition of Flink's. */
  private static final class Asked extends IterativeCondition<Signal> {

    private static final long serialVersionUID = 1L;

    private final Criterion<Signal> criterion;
    private final transient EventSteps names;

    Asked(Criterion<Signal> criterion, EventSteps names) {
      this.criterion = criterion;
      this.names = names;
    }

    @Override
    public boolean filter(Signal signal, Context<Signal> context) throws Exception {
      return criterion.isSimple()
          ? criterion.test(signal)
          : criterion.test(signal, before(context));
    }

    /** Asks Flink for the events of each step, and makes a chain of them. */
    private Match<Signal> before(Context<Signal> context) throws Exception {
      record Pick(int step, Signal signal) {}
      List<Pick> picks = new ArrayList<>();
      for (int step = 0; step < names.size(); step++) {
        for (Signal signal : context.getEventsForPattern(names.name(step))) {
          picks.add(new Pick(step, signal));
        }
      }
      picks.sort(Comparator.comparingInt(pick -> pick.signal().number()));
      Taken<Signal> chain = null;
      for (Pick pick : picks) {
        chain =
            new Taken<>(
                chain,
                pick.step(),
                new Taken.Entry<>(pick.signal(), pick.signal().micros(), pick.signal().number()));
      }
      return new Match<>(names, chain, 0);
    }
  }
}
