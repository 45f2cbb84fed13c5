package dhara.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.assembly.Assembly;
import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Scenario;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;

/**
 * The pipeline of an analysis as the command line would build it, over generated events.
 *
 * @param assembly the complete pipeline around the analysis
 * @param ownSteps the names of the steps that are the analysis' own
 */
public record Built(Assembly assembly, Set<String> ownSteps) {

  private static final int EVENTS = 20;

  /** Numbers topics, so that two builds of one analysis have different topics. */
  private static final AtomicInteger TOPICS = new AtomicInteger();

  /** A backfill of a file for each input. */
  public static <O extends DharaOptions> Built overFiles(
      Analysis<O> analysis, Path folder, Consumer<DharaOptions> settings) throws IOException {
    List<String> events = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      Path file = folder.resolve(input.name() + ".jsonl");
      write(analysis.scenario(), input, file);
      events.add(input.name() + "=" + file);
    }
    return of(analysis, events, "files:" + folder.resolve("answers"), settings);
  }

  /** A stream of a topic for each input. */
  public static <O extends DharaOptions> Built overTopics(
      Analysis<O> analysis, EmbeddedKafka kafka, Consumer<DharaOptions> settings) {
    List<String> events = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      String topic = input.name() + "-" + TOPICS.incrementAndGet();
      kafka.createTopic(topic, 2);
      events.add(input.name() + "=" + kafka.uri(topic));
    }
    return of(analysis, events, kafka.uri(analysis.name() + ".answers"), settings);
  }

  private static <O extends DharaOptions> Built of(
      Analysis<O> analysis, List<String> events, String answers, Consumer<DharaOptions> settings) {
    O options = PipelineOptionsFactory.as(analysis.options());
    settings.accept(options);
    options.setJobName(analysis.name());
    options.setEvents(events);
    options.setAnswers(List.of(answers));
    return new Built(Assembly.of(analysis, options), ownSteps(analysis, options));
  }

  private static <T extends Record & Event> void write(Scenario scenario, Input<T> input, Path file)
      throws IOException {
    RecordFields<T> fields = RecordFields.of(input.type());
    JsonFactory lines = new JsonFactory().setRootValueSeparator("\n");
    try (Writer out = Files.newBufferedWriter(file);
        JsonGenerator json = lines.createGenerator(out)) {
      for (Iterator<T> events = scenario.events(input, 7, EVENTS).iterator(); events.hasNext(); ) {
        json.writeStartObject();
        fields.writeJson(events.next(), json);
        json.writeEndObject();
      }
    }
  }

  /** The steps of the analysis alone, with given events and without sinks. */
  private static <O extends DharaOptions> Set<String> ownSteps(Analysis<O> analysis, O options) {
    Pipeline bare = Bare.of(analysis, options).pipeline();
    Set<String> steps = new TreeSet<>();
    bare.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node step) {
            if (step.isRootNode()) {
              return CompositeBehavior.ENTER_TRANSFORM;
            }
            add(step);
            return CompositeBehavior.DO_NOT_ENTER_TRANSFORM;
          }

          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node step) {
            add(step);
          }

          private void add(TransformHierarchy.Node step) {
            if (!step.getFullName().startsWith(Bare.GIVEN)) {
              steps.add(step.getFullName());
            }
          }
        });
    return steps;
  }
}
