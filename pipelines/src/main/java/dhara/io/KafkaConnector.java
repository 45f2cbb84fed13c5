package dhara.io;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import java.time.Duration;
import java.util.Set;

/** Topics of Kafka: see {@link KafkaSource} and {@link KafkaSink}. */
@AutoService(Connector.class)
public final class KafkaConnector implements Connector {

  /** A person reads slower than a topic fills. */
  private static final Duration LEDGER_EVERY = Duration.ofSeconds(1);

  @Override
  public String scheme() {
    return "kafka";
  }

  @Override
  public String shape() {
    return "kafka://HOST:9092/TOPIC";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.READ, Ability.UPSERT, Ability.APPEND, Ability.READ_BACK, Ability.REREAD);
  }

  @Override
  public <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    KafkaSource<T> source =
        KafkaSource.of(
            endpoint,
            reading.json(),
            reading.coder(),
            options.getDisorder(),
            options.getIdleAfter());
    return options.getWithout() == null
        ? source
        : source.without(ResultSet.of(Endpoint.of("--without", options.getWithout())));
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    KafkaSink topic =
        (rows.upserts() ? KafkaSink.upserts(endpoint) : KafkaSink.appends(endpoint))
            .withSuffix(rows.suffix());
    return Target.of(new KafkaRows<>(rows.format(), topic, rows.due()))
        .checked(topic::check)
        .created(topic::create)
        .meteringItself()
        .every(LEDGER_EVERY);
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return TopicResults.of(endpoint);
  }
}
