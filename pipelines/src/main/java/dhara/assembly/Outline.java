package dhara.assembly;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.RunFolder;
import dhara.events.Event;
import dhara.ledger.Books;
import dhara.ledger.DeadLetterLimit;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;

/**
 * What a run would read and write, known without any server or file that it names: for a machine
 * that prepares a run which takes place elsewhere.
 *
 * <p>The analysis is built over inputs without events, and every option and endpoint is read and
 * checked as in an {@link Assembly}. What only a server or a file can tell, such as whether a topic
 * exists, is checked when the run starts. (Only if two topics have one name and no broker in
 * common, their brokers are asked whether they are one cluster.)
 */
public final class Outline implements Flow {

  private final Pipeline pipeline;
  private final Sources sources;
  private final Shedding shedding;
  private final Sinks sinks;

  private Outline(Analysis<?> analysis, DharaOptions options, Pipeline pipeline, RunFolder folder) {
    InputOptions.check(analysis, options);
    this.pipeline = pipeline;
    TimeRange range = TimeRange.of(options);
    Plan plan = new Plan();
    this.sources =
        new Sources(
            analysis,
            options,
            pipeline,
            range,
            InputOptions.mapping(options.getMap()),
            Tokenising.of(options, analysis.inputs()),
            new Books(),
            plan);
    this.shedding = Shedding.of(analysis, options);
    this.sinks = new Sinks(analysis, options, range, sources, folder, plan, shedding);
    var unused = DeadLetterLimit.of(options.getMaxDeadLetters());
  }

  /**
   * The outline of a run.
   *
   * @throws BadOption if the options cannot be obeyed
   */
  public static <O extends DharaOptions> Outline of(Analysis<O> analysis, O options) {
    try (RunFolder folder = RunFolder.create()) {
      Outline outline = new Outline(analysis, options, Pipeline.create(options), folder);
      analysis.build(outline, options);
      outline.shedding.checkStreams(outline.bounded());
      outline.sinks.unwrittenAsides();
      outline.checkCompareTo(options);
      Place.check(outline.sources.places(), outline.sinks.places(), outline.sinks.feeds());
      return outline;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }

  private void checkCompareTo(DharaOptions options) {
    if (options.getCompareTo() == null) {
      return;
    }
    Endpoint endpoint = Endpoint.of("--compareTo", options.getCompareTo());
    if (!bounded()) {
      throw Assembly.noEndToCompareAt(options);
    }
    Connector unused = Connector.of(endpoint, Connector.Ability.READ_BACK);
  }

  /** The analysis alone, over inputs without events. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /** Whether it ends by itself: every source is bounded. */
  public boolean bounded() {
    return sources.bounded();
  }

  /** The places that it reads, in the order in which the analysis names its inputs. */
  public List<Place> read() {
    return List.copyOf(sources.places());
  }

  /** Where it writes: answers, dead letters, late events, the ledger. */
  public List<Sink<?>> written() {
    return List.copyOf(sinks.written());
  }

  /** The description of the run for connectors. */
  public Connector.Run run() {
    return sinks.run();
  }

  @Override
  public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
    return sources.unread(input, windows);
  }

  @Override
  public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
    return sources.unreadReference(input, windows);
  }

  @Override
  public boolean reads(Input<?> input) {
    return sources.reads(input);
  }

  @Override
  public boolean wants(Output<?, ?> output) {
    return sinks.wants(output);
  }

  @Override
  public <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    sinks.unwritten(output);
  }
}
