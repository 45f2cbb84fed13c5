package dhara.demo;

import dhara.testkit.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;

/** A Kafka broker in this process, with the topics of events. */
final class DemoBroker implements AutoCloseable {

  /** Events are kept for an hour, so that days of a demonstration do not fill the disk. */
  private static final Map<String, String> AN_HOUR =
      Map.of("retention.ms", "3600000", "segment.ms", "600000", "segment.bytes", "16777216");

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final EmbeddedKafka kafka;

  private DemoBroker(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /**
   * Starts a broker, and returns when it answers.
   *
   * @param folder for its data; it is the caller's to delete
   * @param halted told if the broker must stop, because its disk is full or broken
   */
  static DemoBroker start(Path folder, Consumer<String> halted) throws Exception {
    // A broker without a usable disk halts its process, which would leave everything behind.
    Exit.setHaltProcedure(
        (status, message) ->
            halted.accept(
                "the broker halted; its disk is full or broken, or its folder was deleted: "
                    + folder));
    return new DemoBroker(EmbeddedKafka.start(Files.createDirectories(folder)));
  }

  /** Creates the topics of the inputs. */
  void createTopics(Shown shown) {
    for (String input : shown.inputs()) {
      kafka.createTopic(shown.topic(input), 1, AN_HOUR);
    }
  }

  /** The options that name the topics of the inputs. */
  List<String> topics(Shown shown, String option) {
    boolean several = shown.analysis().inputs().size() > 1;
    return shown.inputs().stream()
        .map(
            input ->
                "%s=%s%s"
                    .formatted(option, several ? input + "=" : "", kafka.uri(shown.topic(input))))
        .toList();
  }

  /** Where its answers go. */
  String answers(Shown shown) {
    return kafka.uri(shown.answers());
  }

  String bootstrap() {
    return kafka.bootstrap();
  }

  /**
   * Stops it. One whose disk is full would take five minutes, so that long it is not waited for.
   */
  @Override
  public void close() {
    Thread closing = new Thread(kafka::close, "dhara-broker-stop");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (closing.isAlive()) {
      throw new IllegalStateException("it did not stop within " + PATIENCE);
    }
  }
}
