package dhara.lint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

/** The states and timers that a DoFn declares. */
final class StateKinds {

  private StateKinds() {}

  /**
   * One state.
   *
   * @param kind {@code value}, {@code bag}, {@code map}, …
   * @param coders of its contents; for maps, the key's before the value's
   * @param byKey whether entries are found by the first coder's bytes
   */
  record Kept(String kind, List<Coder<?>> coders, boolean byKey) {}

  /** The states of a DoFn, by id. */
  static Map<String, Kept> states(DoFn<?, ?> fn) {
    Map<String, Kept> states = new TreeMap<>();
    DoFnSignatures.signatureForDoFn(fn)
        .stateDeclarations()
        .forEach(
            (id, declared) ->
                states.put(
                    id, DoFnSignatures.getStateSpecOrThrow(declared, fn).match(new KindOf())));
    return states;
  }

  /** The time domains of a DoFn's timers, and timer families, by id. */
  static Map<String, TimeDomain> timers(DoFn<?, ?> fn) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(fn);
    Map<String, TimeDomain> timers = new TreeMap<>();
    signature
        .timerDeclarations()
        .forEach(
            (id, declared) ->
                timers.put(
                    id.substring(DoFnSignature.TimerDeclaration.PREFIX.length()),
                    DoFnSignatures.getTimerSpecOrThrow(declared, fn).getTimeDomain()));
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, declared) ->
                timers.put(
                    id.substring(DoFnSignature.TimerFamilyDeclaration.PREFIX.length()),
                    DoFnSignatures.getTimerFamilySpecOrThrow(declared, fn).getTimeDomain()));
    return timers;
  }

  private static final class KindOf implements StateSpec.Cases<Kept> {

    @Override
    public Kept dispatchValue(Coder<?> value) {
      return new Kept("value", List.of(value), false);
    }

    @Override
    public Kept dispatchBag(Coder<?> element) {
      return new Kept("bag", List.of(element), false);
    }

    @Override
    public Kept dispatchOrderedList(Coder<?> element) {
      return new Kept("ordered list", List.of(element), false);
    }

    @Override
    public Kept dispatchCombining(CombineFn<?, ?, ?> fn, Coder<?> accumulator) {
      return new Kept("combining", List.of(accumulator), false);
    }

    @Override
    public Kept dispatchMap(Coder<?> key, Coder<?> value) {
      return new Kept("map", List.of(key, value), true);
    }

    @Override
    public Kept dispatchSet(Coder<?> element) {
      return new Kept("set", List.of(element), true);
    }

    @Override
    public Kept dispatchMultimap(Coder<?> key, Coder<?> value) {
      return new Kept("multimap", List.of(key, value), true);
    }
  }
}
