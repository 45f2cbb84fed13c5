package dhara.lint;

import dhara.lint.Fingerprint.Source;
import dhara.lint.Fingerprint.Windowing;
import dhara.lint.Graph.Step;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Makes the fingerprint of a graph. */
final class FingerprintReader {

  private final CoderRegistry coders;
  private final Map<String, Fingerprint.Step> steps = new TreeMap<>();
  private final Map<String, Source> sources = new TreeMap<>();
  private final RecordShapes records = new RecordShapes();

  private FingerprintReader(CoderRegistry coders) {
    this.coders = coders;
  }

  static Fingerprint of(String analysis, Graph graph) {
    FingerprintReader reader = new FingerprintReader(graph.pipeline().getCoderRegistry());
    graph.leaves().forEach(reader::read);
    return new Fingerprint(analysis, reader.steps, reader.sources, reader.records.shapes());
  }

  private void read(Step step) {
    if (step.transform() instanceof Read.Unbounded<?> read) {
      sources.put(
          step.name(),
          new Source(
              read.getSource().getClass().getName(),
              CoderShape.text(read.getSource().getCheckpointMarkCoder()),
              serialized(read.getSource())));
    } else if (step.transform() instanceof GroupByKey && !passing(step)) {
      group(step);
    }
    step.fn().forEach(fn -> fn(step, fn));
  }

  /** The classes in a source's serialized form, except Java's own. */
  private static Map<String, Long> serialized(UnboundedSource<?, ?> source) {
    Map<String, Long> classes = new TreeMap<>();
    try (ObjectOutputStream out =
        new ObjectOutputStream(OutputStream.nullOutputStream()) {
          @Override
          protected void writeClassDescriptor(ObjectStreamClass type) throws IOException {
            if (!type.getName().startsWith("java.") && !type.getName().startsWith("[")) {
              classes.put(type.getName(), type.getSerialVersionUID());
            }
            super.writeClassDescriptor(type);
          }
        }) {
      out.writeObject(source);
    } catch (IOException e) {
      throw new UncheckedIOException(source + " cannot be sent to a worker", e);
    }
    return classes;
  }

  /** A reshuffle keeps no state; engines implement it themselves. */
  private static boolean passing(Step step) {
    return step.enclosing()
        .map(outer -> outer.getTransform().getClass())
        .anyMatch(
            type -> type == Reshuffle.class || type.getEnclosingClass() == Redistribute.class);
  }

  private void group(Step step) {
    KvCoder<?, ?> elements = (KvCoder<?, ?>) step.input().getCoder();
    Node outer = step.node().getEnclosingNode();
    if (!outer.isRootNode() && outer.getTransform() instanceof Combine.PerKey<?, ?, ?> combine) {
      Coder<?> sum = accumulator(combine.getFn(), elements.getValueCoder());
      put(step, outer.getFullName(), "combine", elements, Map.of("sum", text("combining", sum)));
    } else {
      Coder<?> value = elements.getValueCoder();
      put(step, step.name(), "group", elements, Map.of("elements", text("bag", value)));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a combination fits the values that it is given
  private Coder<?> accumulator(GlobalCombineFn<?, ?, ?> fn, Coder<?> values) {
    try {
      return ((GlobalCombineFn) fn).getAccumulatorCoder(coders, values);
    } catch (CannotProvideCoderException e) {
      throw new IllegalStateException("no coder for what " + fn + " adds up", e);
    }
  }

  private void fn(Step step, DoFn<?, ?> fn) {
    if (DoFnSignatures.isSplittable(fn)) {
      sources.put(
          step.name(),
          new Source(
              fn.getClass().getName(),
              CoderShape.text(DoFnInvokers.invokerFor(fn).invokeGetRestrictionCoder(coders)),
              Map.of()));
    }
    if (!DoFnSignatures.isStateful(fn)) {
      return;
    }
    KvCoder<?, ?> elements = (KvCoder<?, ?>) step.input().getCoder();
    Map<String, String> states = new TreeMap<>();
    StateKinds.states(fn)
        .forEach(
            (id, kept) -> {
              kept.coders().forEach(coder -> records.add(coder, false));
              if (kept.byKey()) {
                records.add(kept.coders().get(0), true);
              }
              states.put(
                  id,
                  kept.kind()
                      + kept.coders().stream()
                          .map(CoderShape::text)
                          .collect(Collectors.joining(", ", " of ", "")));
            });
    if (DoFnSignatures.requiresTimeSortedInput(fn)) {
      states.put("(sorted input)", text("bag", elements));
    }
    put(step, step.name(), "stateful", elements, states);
    StateKinds.timers(fn)
        .forEach((id, domain) -> steps.get(step.name()).timers().put(id, domain.name()));
  }

  private String text(String kind, Coder<?> coder) {
    records.add(coder, false);
    return kind + " of " + CoderShape.text(coder);
  }

  private void put(
      Step step, String name, String kind, KvCoder<?, ?> elements, Map<String, String> states) {
    records.add(elements.getKeyCoder(), true);
    steps.put(
        name,
        new Fingerprint.Step(
            kind,
            CoderShape.text(elements.getKeyCoder()),
            states,
            new TreeMap<>(),
            windowing(step.input().getWindowingStrategy())));
  }

  private static Windowing windowing(WindowingStrategy<?, ?> strategy) {
    WindowFn<?, ?> fn = strategy.getWindowFn();
    return new Windowing(
        fn.getClass().getSimpleName() + parameters(fn),
        CoderShape.text(fn.windowCoder()),
        !fn.isNonMerging(),
        trigger(strategy.getTrigger()),
        strategy.getMode().name(),
        strategy.getAllowedLateness().getMillis());
  }

  /** The parameters that the window function displays, sorted. */
  private static String parameters(WindowFn<?, ?> fn) {
    List<String> parameters =
        DisplayData.from(fn).items().stream()
            .map(item -> item.getKey() + "=" + item.getValue())
            .sorted()
            .toList();
    return parameters.isEmpty() ? "" : "(" + String.join(", ", parameters) + ")";
  }

  private static String trigger(Trigger trigger) {
    String name = trigger.getClass().getSimpleName();
    return trigger.subTriggers().isEmpty()
        ? name
        : name
            + trigger.subTriggers().stream()
                .map(part -> part == null ? "" : trigger(part))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", ", "(", ")"));
  }
}
