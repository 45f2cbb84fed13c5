package dhara.connectors.kafka;

import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Place;
import dhara.connectors.Reading;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFeed;
import dhara.events.Event;
import dhara.options.DharaOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Kafka topics: see {@link KafkaSource} and {@link KafkaSink}. */
@AutoService(Connector.class)
public final class KafkaConnector implements Connector {

  /** How often the ledger is written to a topic. */
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
    return Set.of(
        Ability.READ,
        Ability.UPSERT,
        Ability.DELETE,
        Ability.APPEND,
        Ability.READ_BACK,
        Ability.FOLLOW,
        Ability.REREAD);
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
            options.getIdleAfter(),
            options.getClockLag());
    return options.getWithout() == null
        ? source
        : source.without(ResultSet.of(Endpoint.of("--without", options.getWithout())));
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    KafkaSink topic = topic(endpoint, rows, run);
    return Target.of(new KafkaRows<>(rows, topic))
        .checked(topic::check)
        .created(topic::create)
        .meteringItself()
        .every(LEDGER_EVERY);
  }

  /**
   * The topic that rows are written to.
   *
   * @throws dhara.options.BadOption if the endpoint is malformed or has unknown parameters
   */
  public static KafkaSink topic(Endpoint endpoint, Rows<?> rows, Run run) {
    return (rows.upserts() ? KafkaSink.upserts(endpoint) : KafkaSink.appends(endpoint))
        .withSuffix(rows.suffix())
        .takingRecordsOf(longest(rows, run));
  }

  /**
   * The longest expected row that contains a whole event, such as a dead letter or late event:
   * Base64 adds a third, escaped quotes can double it. The length of answers depends on the
   * analysis, so their topics keep Kafka's default limit.
   */
  private static long longest(Rows<?> rows, Run run) {
    return rows.aside() && !rows.upserts()
        ? 2L * run.options().as(DharaOptions.class).getMaxEventBytes() + (1 << 16)
        : 0;
  }

  /** Brokers may have several names, so clusters are compared by their id too. */
  @Override
  public boolean overlaps(Place place, Place other) {
    KafkaAddress here = address(place);
    KafkaAddress there = address(other);
    if (!here.topic().equals(there.topic())) {
      return false;
    }
    Set<String> shared = here.brokerSet();
    shared.retainAll(there.brokerSet());
    return !shared.isEmpty()
        || KafkaTopic.cluster(place.endpoint(), here)
            .equals(KafkaTopic.cluster(other.endpoint(), there));
  }

  @Override
  public String named(Place place) {
    return "the topic " + address(place).topic();
  }

  private static KafkaAddress address(Place place) {
    KafkaAddress address =
        KafkaAddress.of(place.endpoint(), place.written() ? "producer." : "consumer.", Map.of());
    return address.withTopic(address.topic() + place.suffix());
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return TopicResults.of(endpoint);
  }

  @Override
  public RowFeed feed(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    return TopicFeed.of(endpoint, name, suffix, positions);
  }
}
