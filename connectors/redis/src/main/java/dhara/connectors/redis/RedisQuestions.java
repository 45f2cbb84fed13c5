package dhara.connectors.redis;

import dhara.connectors.Endpoint;
import dhara.options.SecretReference.Missing;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisException;

/** Questions that the command asks a server before anything runs. */
final class RedisQuestions {

  private RedisQuestions() {}

  /**
   * Asks a server.
   *
   * @throws dhara.options.BadOption if it does not answer, or the password is missing here
   */
  static <T> T ask(Endpoint endpoint, RedisAddress address, Function<Jedis, T> question) {
    JedisClientConfig settings;
    try {
      settings = address.settings();
    } catch (Missing e) {
      throw endpoint.bad(e.getMessage(), e);
    }
    try (Jedis redis = new Jedis(address.server(), settings)) {
      return question.apply(redis);
    } catch (JedisException e) {
      // Without the cause, which may repeat a password.
      throw endpoint.bad("Redis does not take this: " + RedisCarrier.text(e, settings));
    }
  }
}
