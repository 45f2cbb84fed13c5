package dhara.connectors.redis;

import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.ResultSet;
import dhara.connectors.RowSender;
import dhara.connectors.delivery.DeliveryTerms;
import dhara.connectors.delivery.Outbox;
import dhara.connectors.delivery.Resender;
import java.time.Duration;
import java.util.Set;
import redis.clients.jedis.Jedis;

/**
 * Writes the rows of an output to Redis: {@code redis://HOST:6379/NAME}. The first output goes to
 * {@code NAME}, every other one to {@code NAME-OUTPUT}. See {@link RedisAddress} for its
 * parameters, {@link Outbox} for what happens when Redis fails, and {@link HashResults} for reading
 * hashes back.
 */
@AutoService(Connector.class)
public final class RedisConnector implements Connector {

  /** A round trip carries as many rows as wait for it. */
  private static final int IN_FLIGHT = 1_000;

  /** The answers of a window may come all at once. */
  private static final int QUEUE = 1_000_000;

  @Override
  public String scheme() {
    return "redis";
  }

  @Override
  public String shape() {
    return RedisAddress.SHAPE;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(
        Ability.UPSERT, Ability.DELETE, Ability.APPEND, Ability.READ_BACK, Ability.RESEND);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    DeliveryTerms terms = DeliveryTerms.of(endpoint, rows, IN_FLIGHT, QUEUE);
    RedisAddress address = RedisAddress.of(endpoint, rows.suffix(), terms.timeout());
    LatestHash.check(endpoint, address, rows);
    return Target.of(Outbox.of(rows, terms, () -> new RedisCarrier(address)))
        .checked(() -> check(endpoint, address));
  }

  @Override
  public RowSender sender(Endpoint endpoint, Rows<?> rows) {
    DeliveryTerms terms = DeliveryTerms.of(endpoint, rows, IN_FLIGHT, QUEUE);
    RedisAddress address = RedisAddress.of(endpoint, rows.suffix(), terms.timeout());
    LatestHash.check(endpoint, address, rows);
    check(endpoint, address);
    return Resender.open(terms, () -> new RedisCarrier(address));
  }

  private static void check(Endpoint endpoint, RedisAddress address) {
    String unused = RedisQuestions.ask(endpoint, address, Jedis::ping);
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return HashResults.of(endpoint);
  }

  /** Two names on one server; servers with several names are not recognised. */
  @Override
  public boolean overlaps(Place place, Place other) {
    RedisAddress here = address(place);
    RedisAddress there = address(other);
    return here.server().equals(there.server())
        && here.database() == there.database()
        && here.name().equals(there.name());
  }

  @Override
  public String named(Place place) {
    return "redis://" + place.endpoint().path() + place.suffix();
  }

  private static RedisAddress address(Place place) {
    return RedisAddress.of(place.endpoint(), place.suffix(), Duration.ZERO);
  }
}
