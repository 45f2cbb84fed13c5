package dhara.tools.train;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.TopicWriter;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.scratch.WholeFile;
import dhara.transforms.model.ModelRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes a model, its card, its held set and its scores, and then the release that names them:
 * whoever sees the release finds the files.
 */
final class ReleaseFiles {

  private static final String KAFKA = "kafka";
  private static final int LONGEST = 1 << 20;
  private static final int DIGITS = 8;

  private final Path folder;
  private final @Nullable Endpoint publish;

  private ReleaseFiles(Path folder, @Nullable Endpoint publish) {
    this.folder = folder;
    this.publish = publish;
  }

  /**
   * Files in a folder, which is made when they are written.
   *
   * @throws BadOption if the folder is a file, or releases cannot be published there
   */
  static ReleaseFiles of(TrainOptions options) {
    Path folder = Path.of(options.getOut()).toAbsolutePath().normalize();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadOption("--out", options.getOut(), "is a file; name a folder");
    }
    if (options.getPublish() == null) {
      return new ReleaseFiles(folder, null);
    }
    Endpoint publish = Endpoint.of("--publish", options.getPublish());
    if (publish.scheme().equals("files")) {
      publish.allow(Set.of());
      if (Files.exists(Path.of(publish.path())) && !Files.isDirectory(Path.of(publish.path()))) {
        throw publish.bad("is a file; name the folder of releases");
      }
    } else if (!publish.scheme().equals(KAFKA)) {
      throw publish.bad(
          "is neither a folder nor a topic of releases, e.g."
              + " --publish=kafka://localhost:9092/models");
    }
    return new ReleaseFiles(folder, publish);
  }

  /**
   * The release of a model.
   *
   * @param at from when on it is offered; null for the end of its history
   */
  ModelRelease release(Trained trained, Examples held, @Nullable Instant at) {
    String hash = TrainedModel.sha256(trained.model().bytes());
    String version =
        DateTimeFormatter.BASIC_ISO_DATE
                .withZone(ZoneOffset.UTC)
                .format(trained.split().end())
                .replace("Z", "")
            + "-"
            + hash.substring(0, DIGITS);
    String id = trained.name() + "-" + version;
    return new ModelRelease(
        id,
        at == null ? trained.split().end() : at,
        trained.name(),
        version,
        folder.resolve(id + "." + trained.model().extension()).toString(),
        hash,
        folder.resolve(id + ".held.csv").toString(),
        TrainedModel.sha256(TrainedModel.utf8(held.csv())));
  }

  /** Writes everything, the release last. */
  void write(Trained trained, Examples held, ModelRelease release, ModelCard card)
      throws IOException {
    Files.createDirectories(folder);
    write(Path.of(release.uri()), trained.model().bytes());
    write(Path.of(release.heldUri()), TrainedModel.utf8(held.csv()));
    write(folder.resolve(release.id() + ".scores.jsonl"), trained.scores());
    write(folder.resolve(release.id() + ".card.md"), TrainedModel.utf8(card.markdown()));
    write(folder.resolve(release.id() + ".card.json"), card.json());
    byte[] line = RecordFields.of(ModelRelease.class).json(release);
    write(folder.resolve(release.id() + ".release.json"), line);
    if (publish != null) {
      publish(publish, release, line);
    }
  }

  private static void publish(Endpoint to, ModelRelease release, byte[] line) throws IOException {
    if (!to.scheme().equals(KAFKA)) {
      Path releases = Path.of(to.path());
      Files.createDirectories(releases);
      write(releases.resolve(release.id() + ".release.json"), line);
      return;
    }
    byte[] key = TrainedModel.utf8(release.model());
    try (TopicWriter topic = TopicWriter.open(to, 1, "a release", LONGEST)) {
      topic.send(TopicWriter.partition(key, topic.partitions()), key, line);
      topic.finish();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    WholeFile.write(file, out -> out.write(bytes));
  }
}
