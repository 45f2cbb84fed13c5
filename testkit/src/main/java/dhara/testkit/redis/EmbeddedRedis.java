package dhara.testkit.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis, a process of its own on a free port. */
public final class EmbeddedRedis implements AutoCloseable {

  private final RedisServerBuilder settings;
  private final int port;
  private RedisServer server;

  private EmbeddedRedis(RedisServerBuilder settings, int port) throws IOException {
    this.settings = settings;
    this.port = port;
    this.server = settings.build();
  }

  /**
   * Starts it, and returns when it takes connections.
   *
   * @param folder for its files; it is the caller's to delete
   * @param settings more lines of its configuration, such as {@code appendonly yes}
   */
  public static EmbeddedRedis start(Path folder, String... settings) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    RedisServerBuilder all =
        RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("dir " + folder);
    for (String setting : settings) {
      all.setting(setting);
    }
    EmbeddedRedis redis = new EmbeddedRedis(all, port);
    redis.server.start();
    return redis;
  }

  /** Its port on this machine. */
  public int port() {
    return port;
  }

  /**
   * The URI of a name, for {@code --answers}.
   *
   * @param parameters such as {@code as=hash}, or none
   */
  public String uri(String name, String parameters) {
    return "redis://localhost:" + port + "/" + name + "?" + parameters;
  }

  /** Ends its process. What it kept on disk is there when it is started again. */
  public void stop() throws IOException {
    server.stop();
  }

  /** Starts it again, on the same port. */
  public void startAgain() throws IOException {
    server = settings.build();
    server.start();
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
