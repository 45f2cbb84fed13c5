package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.Views.SettleFn;
import dhara.benchmarks.playback.Views.Subject;
import dhara.benchmarks.playback.Views.Sums;
import dhara.records.RecordCoder;
import dhara.transforms.Answers;
import dhara.transforms.KeyBy;
import dhara.transforms.TallyFn;
import dhara.transforms.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * Dhara on the engine of this class path: its shared transforms, as every analysis uses them, with
 * the options that its own command sets on this engine.
 */
public abstract sealed class DharaPlayback implements Contestant {

  /** Over a stream. */
  public static final class Stream extends DharaPlayback {
    /** Made by name. */
    public Stream() {
      super(true);
    }
  }

  /** Over a bounded input. */
  public static final class Batch extends DharaPlayback {
    /** Made by name. */
    public Batch() {
      super(false);
    }
  }

  private final boolean stream;

  private DharaPlayback(boolean stream) {
    this.stream = stream;
  }

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    try {
      PipelineOptions options = Engines.asDharaSets(job, stream, folder);
      Checksum.start();
      Pipeline pipeline = Pipeline.create(options);
      build(pipeline, job);
      PipelineResult.State state = pipeline.run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new IllegalStateException("the job ended as " + state);
      }
      return Checksum.outcome(job.events());
    } finally {
      delete(folder);
    }
  }

  private void build(Pipeline pipeline, PlaybackJob job) {
    Windows windows =
        job.tumbles() ? Windows.tumbling(job.width()) : Windows.sliding(job.width(), job.every());
    SerializableFunction<Playback, Subject> key =
        job.byUser() ? event -> new Subject(event.user()) : event -> new Subject(event.title());
    PCollection<List<Playback>> chunks =
        stream
            ? pipeline.apply("Read", Read.from(new PlaybackStream(job)))
            : pipeline.apply("Read", Read.from(new PlaybackRange(job)));
    PCollection<KV<Subject, Playback>> keyed =
        chunks
            .apply("Events", ParDo.of(new EventsFn()))
            .setCoder(RecordCoder.of(Playback.class))
            .apply("Key", KeyBy.record(Subject.class, key));
    keyed
        .apply(
            "Sums",
            Answers.in(windows).perKey(TallyFn.of(Sums.ZERO, Sums::of, Sums.class, Sums::same)))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Takes the events out of their chunks, each with its own time. */
  static final class EventsFn extends DoFn<List<Playback>, Playback> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element List<Playback> chunk, OutputReceiver<Playback> out) {
      for (Playback event : chunk) {
        out.outputWithTimestamp(event, Instant.ofEpochMilli(event.at().toEpochMilli()));
      }
    }
  }
}
