package dhara.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.options.BadOption;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** A Flink cluster that {@code --flinkMaster} names. */
final class Cluster {

  /** What {@code --flinkMaster} names the JobManager that runs this command itself. */
  static final String OF_THIS_PROCESS = "[auto]";

  private static final String OPTION = "--flinkMaster";
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?://)?([^:/\\s]+|\\[[^]\\s]+])(?::(\\d{1,5}))?/?");
  private static final int CONNECT_MILLIS = 5_000;

  /** A JobManager that has just started on a busy machine takes a while to answer. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private Cluster() {}

  /**
   * Its REST interface, if it can be used without certificates.
   *
   * @param master the option's value
   * @param user the user's own configuration of Flink
   * @throws BadOption if there is no Flink of this version
   */
  static Optional<Rest> at(String master, Configuration user) {
    if (master.equals(OF_THIS_PROCESS)) {
      return Optional.empty(); // it answers when this command has returned
    }
    Matcher address = ADDRESS.matcher(master);
    if (!address.matches()) {
      throw new BadOption(
          OPTION, master, "is no address; it is HOST:PORT of a JobManager, or [local]");
    }
    String host = address.group(1);
    int port =
        address.group(2) == null ? user.get(RestOptions.PORT) : Integer.parseInt(address.group(2));
    if (user.get(SecurityOptions.SSL_REST_ENABLED)) {
      connect(master, host, port);
      return Optional.empty();
    }
    Rest rest = new Rest(host + ":" + port);
    try {
      checkVersion(master, rest.get("/config", ANSWER).path("flink-version"));
      return Optional.of(rest);
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(master, e);
    }
  }

  private static void connect(String master, String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(master, e);
    }
  }

  private static void checkVersion(String master, JsonNode version) {
    String here = EnvironmentInformation.getVersion();
    String line = here.replaceFirst("^(\\d+\\.\\d+).*", "$1");
    if (version.isMissingNode()) {
      throw new BadOption(OPTION, master, "answers, but is no JobManager of Flink");
    } else if (line.matches("\\d.*") && !version.asText().startsWith(line + ".")) {
      throw new BadOption(
          OPTION,
          master,
          "is Flink " + version.asText() + ", and this command speaks to Flink " + line);
    }
  }

  private static BadOption unreachable(String master, Exception e) {
    Throwable root = e;
    while (root.getCause() != null && !(root.getCause() instanceof ClosedChannelException)) {
      root = root.getCause();
    }
    String why =
        root instanceof UnresolvedAddressException || root instanceof UnknownHostException
            ? "no such host"
            : root instanceof ConnectException && root.getMessage() == null
                ? "connection refused"
                : String.valueOf(root.getMessage());
    return new BadOption(
        OPTION,
        master,
        "no JobManager of Flink answers there ("
            + why
            + "); start the cluster, or leave the option out to run inside this command",
        e);
  }
}
