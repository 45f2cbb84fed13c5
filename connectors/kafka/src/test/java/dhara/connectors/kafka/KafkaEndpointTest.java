package dhara.connectors.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.kafka.access.KafkaLogin;
import dhara.events.Event;
import dhara.formats.EventFormat;
import dhara.formats.EventParser;
import dhara.options.BadOption;
import dhara.options.SecretReference;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KafkaEndpointTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          kafka://broker:9092                        | names no brokers and topic
          kafka://broker:9092/                       | names no brokers and topic
          kafka://broker/trades                      | 'broker' is no HOST:PORT
          kafka://broker:99999/trades                | 'broker:99999' is no HOST:PORT
          kafka://a:1,,b:2/trades                    | '' is no HOST:PORT
          kafka://broker:9092/tra des                | 'tra des' is no topic's name
          kafka://broker:9092/trades?stop=latest     | knows no parameter 'stop'; it takes [ca, certificate, consumer.*, end, isolation, key, keyPassword, mechanism, password, start, tls, user]
          kafka://broker:9092/trades?start=yesterday | start=yesterday is no place in a topic; write earliest, latest
          kafka://broker:9092/trades?end=earliest    | end=earliest is no place in a topic; write latest
          kafka://broker:9092/trades?start=0:1,0:2   | names partition 0 twice
          kafka://broker:9092/trades?isolation=none  | isolation=none does not exist
          kafka://broker:9092/trades?consumer.group.id=x | consumer.group.id cannot be set: the source joins no group
          kafka://broker:9092/trades?consumer.auto.offset.reset=latest | consumer.auto.offset.reset cannot be set: start= says
          """)
  void refusesWhatItCannotReadInOneLine(String uri, String fix) {
    BadOption refused = assertThrows(BadOption.class, () -> source(uri));
    String shown = uri.replaceFirst("(stop|consumer[.a-z]*)=.*", "$1=…");
    assertThat(refused.getMessage(), containsString("--events=" + shown + ": "));
    assertThat(refused.getMessage(), containsString(fix));
    assertThat(refused.getMessage().lines().count(), is(1L));
  }

  @Test
  void neverRepeatsASecretThatWasToldInsteadOfNamed() {
    BadOption refused =
        assertThrows(
            BadOption.class, () -> source("kafka://b:1/t?consumer.ssl.keystore.password=tiger"));
    assertThat(
        refused.getMessage(),
        allOf(containsString("=env:NAME or file:/path"), not(containsString("tiger"))));
  }

  @Test
  void readsSecretsOnlyWhenAClientIsMade(@TempDir Path folder) throws IOException {
    Path secret = folder.resolve("password");
    Endpoint endpoint =
        Endpoint.of("--events", "kafka://b:1/t?consumer.ssl.key.password=file:" + secret);
    KafkaConsumers consumers =
        new KafkaConsumers(
            KafkaAddress.of(endpoint, "consumer.", KafkaConsumers.OWNED), "read_committed");
    assertThat(consumers.described(), hasEntry("ssl.key.password", (Object) ("file:" + secret)));
    assertThrows(SecretReference.Missing.class, consumers::settings);

    Files.writeString(secret, "tiger\n");
    assertThat(consumers.settings(), hasEntry("ssl.key.password", (Object) "tiger"));
  }

  @Test
  void aMissingVariableIsNamed() {
    var missing =
        assertThrows(
            SecretReference.Missing.class, () -> SecretReference.resolve("env:DHARA_NO_SUCH"));
    assertThat(missing.getMessage(), containsString("env:DHARA_NO_SUCH: no such"));
  }

  @Test
  void takesSeveralBrokersAndConsumerProperties() {
    Endpoint endpoint =
        Endpoint.of("--events", "kafka://a:1,[::1]:2/t.x_y-z?consumer.max.poll.records=7");
    KafkaAddress address = KafkaAddress.of(endpoint, "consumer.", KafkaConsumers.OWNED);
    assertThat(
        address,
        is(
            new KafkaAddress(
                "a:1,[::1]:2", "t.x_y-z", KafkaLogin.NONE, Map.of("max.poll.records", "7"))));
  }

  @Test
  void whatIsSetForThroughputIsTheUsersToSetAnew() {
    Endpoint endpoint =
        Endpoint.of("--events", "kafka://a:1/t?consumer.max.partition.fetch.bytes=9");
    Map<String, Object> settings =
        new KafkaConsumers(
                KafkaAddress.of(endpoint, "consumer.", KafkaConsumers.OWNED), "read_committed")
            .settings();
    assertThat(settings, hasEntry("max.partition.fetch.bytes", (Object) "9"));
    assertThat(settings, hasEntry("max.poll.records", (Object) 5_000));
  }

  @Test
  void readsPlaces() {
    Endpoint endpoint = Endpoint.of("--events", "kafka://a:1/t");
    assertThat(
        KafkaOffsets.of(endpoint, "start", "1:20,0:7"),
        is(new KafkaOffsets.Listed(Map.of(0, 7L, 1, 20L))));
    assertThat(
        KafkaOffsets.of(endpoint, "end", "2026-10-01T00:00:00Z"),
        is(new KafkaOffsets.At(Instant.parse("2026-10-01T00:00:00Z"))));
  }

  @Test
  void refusesASilenceOfZero() {
    Endpoint endpoint = Endpoint.of("--events", "kafka://a:1/t");
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                KafkaSource.of(
                    endpoint,
                    decoding(),
                    SerializableCoder.of(Tick.class),
                    Duration.ZERO,
                    Duration.ZERO,
                    null));
    assertThat(
        refused.getMessage(), is("--idleAfter=PT0S: must be above zero, e.g. --idleAfter=PT30S"));
  }

  @Test
  void refusesAClockThatIsAhead() {
    Endpoint endpoint = Endpoint.of("--events", "kafka://a:1/t");
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                KafkaSource.of(
                    endpoint,
                    decoding(),
                    SerializableCoder.of(Tick.class),
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(-1)));
    assertThat(
        refused.getMessage(),
        is("--clockLag=PT-1S: must not be below zero, e.g. --clockLag=PT10S"));
  }

  @Test
  void streamsThroughAnUnboundedSourceWhateverTheEnginePrefers() {
    ExperimentalOptions options = PipelineOptionsFactory.as(ExperimentalOptions.class);
    options.setExperiments(List.of("use_sdf_read"));
    Pipeline pipeline = Pipeline.create(options);
    source("kafka://broker:9092/trades")
        .read(pipeline, "events", Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));
    List<Class<?>> transforms = new ArrayList<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (node.getTransform() != null) {
              transforms.add(node.getTransform().getClass());
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }
        });
    assertThat(transforms, hasItem(Read.Unbounded.class));
  }

  @Test
  void aSinkRefusesWhatItDoesNotKnow() {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> KafkaSink.upserts(Endpoint.of("--answers", "kafka://b:1/t?producer.acks=0")));
    assertThat(refused.getMessage(), containsString("producer.acks cannot be set"));
    refused =
        assertThrows(
            BadOption.class,
            () -> KafkaSink.upserts(Endpoint.of("--answers", "kafka://b:1/t?partitions=none")));
    assertThat(refused.getMessage(), containsString("partitions=none is no count"));
  }

  private static KafkaSource<Tick> source(String uri) {
    return KafkaSource.of(
        Endpoint.of("--events", uri),
        decoding(),
        SerializableCoder.of(Tick.class),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        null);
  }

  private static Decoding<Tick> decoding() {
    return new Decoding<>(
        "events", new TickFormat(), new TimeBounds(Instant.EPOCH, Duration.ofDays(1)), 1_000);
  }

  private record Tick(String id, Instant at) implements Event, Serializable {}

  private static final class TickFormat implements EventFormat<Tick> {

    private static final long serialVersionUID = 1L;

    @Override
    public Class<Tick> type() {
      return Tick.class;
    }

    @Override
    public EventParser<Tick> parser() {
      return (bytes, offset, length) -> new Tick("tick", Instant.EPOCH);
    }
  }
}
