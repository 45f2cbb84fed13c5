package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.assembly.Sink;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RunFolder;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.testkit.EmbeddedKafka;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** An answer that is withdrawn is deleted from a topic: its key gets a tombstone. */
class WithdrawnTest {

  /** What a tide is about. */
  public record Harbour(String harbour) {}

  /** How high it was. */
  public record High(long centimetres) {}

  private static final Output<Harbour, High> HIGHS =
      new Output<>("highs", Harbour.class, High.class);
  private static final Harbour KOCHI = new Harbour("Kochi");
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  @Test
  void aTopicGetsATombstoneForItsKeyAndNothingElse() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      write(kafka, new Answer<>(KOCHI, NOON, NOON.plusSeconds(60), 3, new High(95)));
      write(kafka, Answer.withdrawn(KOCHI, NOON, NOON.plusSeconds(60), 4));

      List<ConsumerRecord<byte[], byte[]>> records = kafka.readAll("highs");

      String key =
          "{\"harbour\":\"Kochi\",\"window_start\":\"2026-01-05T12:00:00.000Z\","
              + "\"window_end\":\"2026-01-05T12:01:00.000Z\"}";
      assertThat(
          records.stream().map(each -> new String(each.key(), StandardCharsets.UTF_8)).toList(),
          contains(key, key));
      assertThat(
          records.stream().map(each -> each.value() == null).toList(), is(List.of(false, true)));
      assertThat(
          "a tombstone has no columns, so its revision is in a header",
          new String(
              records.get(1).headers().lastHeader("revision").value(), StandardCharsets.UTF_8),
          is("4"));
      assertThat(records.get(0).headers().toArray().length, is(0));
    }
  }

  private static void write(EmbeddedKafka kafka, Answer<Harbour, High> answer) throws Exception {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    try (RunFolder folder = RunFolder.create()) {
      Sink<Answer<Harbour, High>> sink =
          Sink.answers(
              Endpoint.of("--answers", kafka.uri("highs")),
              HIGHS,
              true,
              null,
              new Connector.Run(true, folder, options));
      assertThat(sink.deletes(), is(true));
      sink.create();
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply(
              Create.of(answer)
                  .withCoder(
                      AnswerCoder.of(RecordCoder.of(Harbour.class), RecordCoder.of(High.class))))
          .apply("Write", sink.write());
      pipeline.run().waitUntilFinish();
    }
  }
}
